import type { Form } from '@giggityflix/player';
import type { MediaFile } from '../operations.ts';
import { type Feeding, feedingOf } from './feeding.ts';
import { hasMediaSource, takesType } from './media-source.ts';

/** Usual profiles of the codecs peers name (RFC 6381). */
const CODECS: Record<string, string> = {
  avc: 'avc1.640028',
  h264: 'avc1.640028',
  hevc: 'hvc1.1.6.L120.90',
  h265: 'hvc1.1.6.L120.90',
  vp8: 'vp8',
  vp9: 'vp09.00.40.08',
  av1: 'av01.0.08M.08',
  aac: 'mp4a.40.2',
  mp3: 'mp3',
  opus: 'opus',
  vorbis: 'vorbis',
  flac: 'flac',
  ac3: 'ac-3',
  eac3: 'ec-3',
};
/** Containers a video element reads by itself. */
const CONTAINERS: Record<string, string> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  webm: 'video/webm',
  ogg: 'video/ogg',
};
/** Containers the page repackages for Media Source. */
const REPACKAGED = new Set([...Object.keys(CONTAINERS), 'mov', 'matroska', 'mkv', 'mpegts', 'ts']);
/** What it repackages them into. */
const STREAMED = ['video/webm', 'video/mp4'];

/** The form this browser can play a file in; one that little is known of is tried as it is. */
export function chooseRendition(
  file: Pick<MediaFile, 'container' | 'videoCodec' | 'audioCodec'>,
  feeding: Feeding = feedingOf(),
): Form['rendition'] {
  if (!file.container || !file.videoCodec) return 'original';
  const video = codecOf(file.videoCodec);
  const audio = file.audioCodec ? codecOf(file.audioCodec) : null;
  const container = file.container.toLowerCase();
  const codecs = [video, audio].filter(Boolean).join(', ');
  const isPlayed =
    feeding === 'service-worker'
      ? container in CONTAINERS &&
        document.createElement('video').canPlayType(`${CONTAINERS[container]}; codecs="${codecs}"`) !== ''
      : REPACKAGED.has(container) && STREAMED.some((mime) => takesType(`${mime}; codecs="${codecs}"`));
  if (isPlayed || !hasMediaSource()) return 'original';
  // The sound is converted where it has to be; what counts is the picture.
  return takesType(`video/mp4; codecs="${video}"`) ? 'remux' : 'transcode';
}

/** Whether this browser decodes a sound of that codec in a container of that name, or in any where it is unknown. */
export function canHear(container: string | null, audioCodec: string): boolean {
  const known = CONTAINERS[container?.toLowerCase() ?? ''];
  const mimes = known ? [known] : [...new Set(Object.values(CONTAINERS))];
  const element = document.createElement('video');
  return mimes.some((mime) => element.canPlayType(`${mime}; codecs="${codecOf(audioCodec)}"`) !== '');
}

function codecOf(name: string): string {
  return CODECS[name.toLowerCase()] ?? name;
}
