import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { MediaTrack } from '../library/types.ts';
import type { Probe } from './probe.ts';

const run = promisify(execFile);

/** A damaged file can keep ffprobe searching. */
const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 4 * 1_048_576;

interface Output {
  format?: { format_name?: string; duration?: string };
  streams?: {
    codec_type?: string;
    codec_name?: string;
    width?: number;
    height?: number;
    channels?: number;
    tags?: { language?: string };
  }[];
}

/** FFmpeg's names of codecs where mediabunny has another. */
const CODECS: Readonly<Record<string, string>> = { h264: 'avc', hevc: 'hevc' };

/** What ffprobe says of a file; null when there is no ffprobe, or it cannot read the file either. */
export async function probeWithFfprobe(path: string, ffprobePath: string): Promise<Probe | null> {
  const args = ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', `file:${path}`];
  const output = await run(ffprobePath, args, { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }).catch(
    () => null,
  );
  if (!output) return null;
  const { format, streams = [] } = JSON.parse(output.stdout) as Output;
  const duration = Number(format?.duration);
  const tracks: MediaTrack[] = [];
  for (const stream of streams) {
    const kind = stream.codec_type;
    if (kind !== 'video' && kind !== 'audio' && kind !== 'subtitle') continue;
    const language = stream.tags?.language;
    tracks.push({
      kind,
      codec: CODECS[stream.codec_name ?? ''] ?? stream.codec_name ?? null,
      language: language && language !== 'und' ? language : null,
      ...(kind === 'video' ? { width: stream.width ?? 0, height: stream.height ?? 0 } : {}),
      ...(kind === 'audio' ? { channels: stream.channels ?? 0 } : {}),
    });
  }
  return {
    container: format?.format_name?.split(',')[0] ?? null,
    mimeType: null,
    durationSeconds: duration > 0 ? duration : null,
    tracks,
  };
}
