import type { Chapter, MediaTrack } from '@giggityflix/proto/media-file';
import type { InputFormat, InputTrack } from 'mediabunny';
import type { MediaInput } from '../containers/input.ts';
import { fill } from '../files/read.ts';
import type { EmbeddedTags } from './embedded-tags.ts';
import { normalizeLanguage } from './languages.ts';
import { choosePicture, chooseSound, type TrackRole } from './roles.ts';

/** What the inside of a file says; null where it says nothing. */
export interface Probe {
  container: string | null;
  mimeType: string | null;
  durationSeconds: number | null;
  tracks: MediaTrack[];
  /** What is seen and heard without a choice, by its place among the tracks of its kind. */
  chosen: { video: number | null; audio: number | null };
  chapters: Chapter[];
  /** What its tags say it is, where they do. */
  tags?: EmbeddedTags | undefined;
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
/** No header is longer; a file's own word for it is not believed. */
const MAX_READ_BYTES = 64 * 1_048_576;

/**
 * Reads a file's headers with mediabunny.
 *
 * @returns null for a container it does not know.
 * @throws Error when the container is known and broken.
 */
export async function probeFile({ container, handle }: MediaInput): Promise<Probe | null> {
  // Loaded with the first film: it takes 20 MB, and a library that is known already needs none of it.
  const bunny = await import('mediabunny');
  const formats = formatsOf(bunny, container.name);
  if (formats.length === 0) return null;
  using input = new bunny.Input({
    formats,
    source: new bunny.CustomSource({
      getSize: async () => (await handle.stat()).size,
      read: (start, end) => readBytes(handle, start, end),
      maxCacheSize: CACHE_BYTES,
      prefetchProfile: 'fileSystem',
      handleUnhandledError: () => {},
    }),
  });
  if (!(await input.canRead())) return null;
  const format = await input.getFormat();
  const tracks = await input.getTracks();
  const endSeconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
  const durationSeconds = endSeconds - (await firstSecond(tracks));
  return {
    container: CONTAINERS[format.name] ?? format.name.toLowerCase(),
    mimeType: format.mimeType,
    durationSeconds: Number.isFinite(durationSeconds) && durationSeconds > 0 ? durationSeconds : null,
    tracks: await Promise.all(tracks.map(describe)),
    chosen: {
      video: choosePicture(await rolesOf(tracks.filter((track) => track.isVideoTrack()))),
      audio: chooseSound(await rolesOf(tracks.filter((track) => track.isAudioTrack()))),
    },
    // mediabunny does not read them.
    chapters: [],
  };
}

/** mediabunny's formats of a container; its playlists, which name other files, are of none. */
function formatsOf(bunny: typeof import('mediabunny'), container: string): InputFormat[] {
  const formats: Readonly<Record<string, InputFormat[]>> = {
    mp4: [bunny.MP4, bunny.QTFF],
    matroska: [bunny.MATROSKA, bunny.WEBM],
    mpegts: [bunny.MPEG_TS],
    wav: [bunny.WAVE],
    ogg: [bunny.OGG],
    flac: [bunny.FLAC],
    mp3: [bunny.MP3],
    aac: [bunny.ADTS],
  };
  return formats[container] ?? [];
}

async function readBytes(handle: MediaInput['handle'], start: number, end: number): Promise<Uint8Array> {
  if (end - start > MAX_READ_BYTES) throw new Error('it claims to have an impossibly long header');
  const data = new Uint8Array(end - start);
  if (!(await fill(handle, data, start))) throw new Error('it became shorter while it was read');
  return data;
}

/** When the first picture or sound of a film is, where that is after 0: a film begins with it. */
async function firstSecond(tracks: readonly InputTrack[]): Promise<number> {
  const media = tracks.filter((track) => track.isVideoTrack() || track.isAudioTrack());
  const starts = await Promise.all(media.map((track) => track.getFirstTimestamp().catch(() => 0)));
  return starts.length > 0 ? Math.max(0, Math.min(...starts)) : 0;
}

function rolesOf(tracks: readonly InputTrack[]): Promise<TrackRole[]> {
  return Promise.all(
    tracks.map(async (track) => {
      const { codec, name, language } = await describe(track);
      const disposition = await track.getDisposition();
      return {
        codec,
        name,
        language,
        isDefault: disposition.default,
        isOriginal: disposition.original,
        isCommentary: disposition.commentary,
        isForVisuallyImpaired: disposition.visuallyImpaired,
      };
    }),
  );
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
