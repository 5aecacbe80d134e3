import type { Chapter, MediaTrack } from '@giggityflix/proto/media-file';
import type { Input, InputTrack } from 'mediabunny';
import type { MediaInput } from '../containers/input.ts';
import type { EmbeddedTags } from './embedded-tags.ts';
import { openHeaders } from './headers.ts';
import { normalizeLanguage } from './languages.ts';
import { choosePicture, chooseSound, type TrackRole } from './roles.ts';
import { checkTracks } from './unplayable.ts';

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

/**
 * Reads a file's headers with mediabunny.
 *
 * @returns null for a container it does not know.
 * @throws UnplayableError for a film that nobody can play; Error when the container is known and broken.
 */
export async function probeFile(media: MediaInput): Promise<Probe | null> {
  using input = await openHeaders(media);
  if (!input || !(await input.canRead())) return null;
  const format = await input.getFormat();
  const tracks = await input.getTracks();
  await checkTracks(tracks);
  const endSeconds = await endOf(input, (await media.handle.stat()).size);
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

/** Fewer bytes for each second are in no film: its headers claim a length that its tracks do not have. */
const MIN_BYTES_PER_SECOND = 500;

async function endOf(input: Input, sizeBytes: number): Promise<number> {
  const claimed = await input.getDurationFromMetadata();
  return claimed !== null && sizeBytes / claimed >= MIN_BYTES_PER_SECOND ? claimed : input.computeDuration();
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
