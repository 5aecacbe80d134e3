#!/usr/bin/env bash
# Makes the films the sample peer shares: synthetic pictures with a visible counter of seconds, and a tone
# that rises with it. The results are committed, so this is only run to change them. Needs FFmpeg.
set -euo pipefail
cd "$(dirname "$0")/../stack/sample"

ffmpeg -hide_banner -loglevel error -y \
  -f lavfi -i 'testsrc=size=640x360:rate=24:decimals=1:duration=40' \
  -f lavfi -i "aevalsrc='0.1*sin(2*PI*(220+10*floor(t))*t)':s=44100:d=40" \
  -c:v libx264 -preset veryslow -crf 30 -pix_fmt yuv420p -g 48 -c:a aac -b:a 48k -ac 1 -movflags +faststart \
  -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
  -metadata title='Counting Seconds' 'Counting Seconds (2026).mp4'

ffmpeg -hide_banner -loglevel error -y \
  -f lavfi -i 'testsrc2=size=640x360:rate=24:duration=20' \
  -f lavfi -i "aevalsrc='0.1*sin(2*PI*(330+8*floor(t))*t)':s=48000:d=20" \
  -c:v libvpx-vp9 -b:v 0 -crf 52 -row-mt 1 -g 48 -c:a libopus -b:a 32k -ac 1 \
  -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
  -metadata title='Moving Shapes' 'Moving Shapes (2025).webm'
