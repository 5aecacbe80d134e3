import type { Chapter, MediaTrack } from '@giggityflix/proto/media-file';
import type { InputTrack } from 'mediabunny';
import { normalizeLanguage } from './languages.ts';

/** What the inside of a file says; null where it says nothing. */
export interface Probe {
  container: string | null;
  mimeType: string | null;
  durationSeconds: number | null;
  tracks: MediaTrack[];
  chapters: Chapter[];
}

/** Names of containers, as mediabunny's formats call themselves, in short. */
const CONTAINERS: Readonly<Record<string, string>> = {
  MP4: 'mp4',
  'QuickTime File Format': 'mov',
  Matroska: 'matroska',
  WebM: 'webm',
  'MPEG Transport Stream': 'mpegts',
};

/** Bytes of a file mediabunny may hold at once. */
const CACHE_BYTES = 4 * 1_048_576;

/**
 * Reads a file's headers with mediabunny.
 *
 * @returns null for a container it does not know.
 * @throws Error when the container is known and broken.
 */
export async function probeFile(path: string): Promise<Probe | null> {
  // Loaded with the first film: it takes 20 MB, and a library that is known already needs none of it.
  const { ALL_FORMATS, FilePathSource, Input } = await import('mediabunny');
  using input = new Input({
    formats: ALL_FORMATS,
    source: new FilePathSource(path, { maxCacheSize: CACHE_BYTES }),
  });
  if (!(await input.canRead())) return null;
  const format = await input.getFormat();
  const tracks = await input.getTracks();
  const durationSeconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
  return {
    container: CONTAINERS[format.name] ?? format.name.toLowerCase(),
    mimeType: format.mimeType,
    durationSeconds: Number.isFinite(durationSeconds) && durationSeconds > 0 ? durationSeconds : null,
    tracks: await Promise.all(tracks.map(describe)),
    // mediabunny does not read them.
    chapters: [],
  };
}

async function describe(track: InputTrack): Promise<MediaTrack> {
  const internal = await track.getInternalCodecId();
  const codec = (await track.getCodec()) ?? (typeof internal === 'string' ? internal : null);
  const name = await track.getName();
  const common = {
    codec,
    language: normalizeLanguage(await track.getLanguageCode()),
    name: name || null,
    width: null,
    height: null,
    channels: null,
  };
  if (track.isVideoTrack())
    return {
      ...common,
      kind: 'VIDEO',
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
    };
  if (track.isAudioTrack()) return { ...common, kind: 'AUDIO', channels: await track.getNumberOfChannels() };
  return { ...common, kind: 'SUBTITLE' };
}
