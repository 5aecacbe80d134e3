import { extname, join } from 'node:path';
import type { MediaTrack } from '@giggityflix/proto/media-file';
import { namesOtherFiles, sniffContainer } from '../containers/containers.ts';
import { type MediaInput, readHead } from '../containers/input.ts';
import { canRun } from '../ffmpeg/tools.ts';
import { openInside } from '../files/open-inside.ts';
import { readSegments } from '../timeline/read-segments.ts';
import { survey } from './beyond-headers.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { nameForeign } from './foreign.ts';
import type { MediaInfo } from './media-info.ts';
import { MIME_TYPES } from './mime-types.ts';
import { type DescribedFile, describeOutside, type SidecarReading } from './outside.ts';
import { type Probe, probeFile } from './probe.ts';
import { findTruncation } from './truncation.ts';
import { checkCodecs, KNOWN_CODECS, UnplayableError } from './unplayable.ts';

export { UnplayableError };

/** Containers mediabunny reads whole: a file of that name it cannot read is broken, not foreign. */
const READABLE = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm']);

export interface DescribeConfig {
  extractMetadata: boolean;
  ffprobePath: string;
  /** The media folders, which links may lead into; without them the film's own. */
  roots?: readonly string[];
  /** Called for each file beside a film that was read. */
  onSidecar?: (reading: SidecarReading) => void;
}

/** How deeply films are looked into: not at all, by mediabunny, by ffprobe as well where there is more to learn. */
const NO_DEPTH = 0;
export const HEADERS_DEPTH = 1;
const FULL_DEPTH = 2;

export interface DescribeOptions {
  /**
   * Whether what only ffprobe reads may be left for later: chapters and further tracks, but not what a title may
   * depend on.
   */
  isHasty?: boolean;
}

/** A description, and how deeply the film was looked into for it. */
export interface Described {
  media: MediaInfo;
  depth: number;
}

/** Describes films. */
export interface Describer {
  /** How deeply films are looked into here. */
  readonly depth: Promise<number>;
  /**
   * Describes a film from its inside (mediabunny and ffprobe), its name and the files beside it.
   *
   * @throws UnplayableError for a file that is cut off, or no media file at all; OutsideError.
   */
  describe(file: DescribedFile, options?: DescribeOptions): Promise<Described>;
  /** Describes the same bytes under another name, or with other files beside them; the film is not read. */
  redescribe(media: MediaInfo, file: DescribedFile): Promise<MediaInfo>;
}

export function createDescriber(config: DescribeConfig): Describer {
  const depth = reachableDepth(config);
  const inspection = ({ dir }: DescribedFile) => ({
    ffprobePath: config.ffprobePath,
    roots: config.roots ?? [dir],
    onSidecar: config.onSidecar ?? (() => {}),
  });
  return {
    depth,
    describe: async (file, { isHasty = false } = {}) =>
      describeFile(file, { ...inspection(file), depth: await depth, isHasty }),
    redescribe: (media, file) => redescribeFile(media, file, inspection(file)),
  };
}

async function reachableDepth(config: DescribeConfig): Promise<number> {
  if (!config.extractMetadata) return NO_DEPTH;
  return (await canRun(config.ffprobePath)) ? FULL_DEPTH : HEADERS_DEPTH;
}

interface Inspection extends OutsideOptions {
  depth: number;
  isHasty: boolean;
  ffprobePath: string;
}

/** What was learnt of the inside of a film, and how deep that goes. */
interface Learnt {
  probe: Probe | null;
  depth: number;
}

async function describeFile(file: DescribedFile, inspection: Inspection): Promise<Described> {
  const path = join(file.dir, file.name);
  const extension = extname(file.name).toLowerCase();
  const { probe, depth } = await inspect(path, extension, inspection);
  const chosen = (kind: MediaTrack['kind'], place: number | null = null) =>
    place === null ? undefined : probe?.tracks.filter((track) => track.kind === kind)[place];
  const video = chosen('VIDEO', probe?.chosen.video);
  const audio = chosen('AUDIO', probe?.chosen.audio);
  const media: MediaInfo = {
    ...(await outside(file, probe?.tags, inspection)),
    container: probe?.container ?? null,
    mimeType: MIME_TYPES[extension] ?? probe?.mimeType ?? 'application/octet-stream',
    videoCodec: video?.codec ?? null,
    audioCodec: audio?.codec ?? null,
    durationSeconds: probe?.durationSeconds ?? null,
    width: video?.width ?? null,
    height: video?.height ?? null,
    language: audio?.language ?? null,
    tracks: probe?.tracks ?? [],
    chapters: probe?.chapters ?? [],
    ...(probe?.tags ? { tags: probe.tags } : {}),
  };
  return { media, depth };
}

async function redescribeFile(
  media: MediaInfo,
  file: DescribedFile,
  surroundings: OutsideOptions,
): Promise<MediaInfo> {
  const mimeType = MIME_TYPES[extname(file.name).toLowerCase()] ?? media.mimeType;
  return { ...media, ...(await outside(file, media.tags, surroundings)), mimeType };
}

interface OutsideOptions {
  roots: readonly string[];
  onSidecar: (reading: SidecarReading) => void;
}

async function outside(file: DescribedFile, tags: MediaInfo['tags'], options: OutsideOptions) {
  const { reasons: _, readings, ...facts } = await describeOutside(file, options.roots, tags);
  for (const reading of readings) options.onSidecar(reading);
  return facts;
}

/** Opens the film once for all who look into it, and for nobody unless it is of a container of the list. */
async function inspect(path: string, extension: string, inspection: Inspection): Promise<Learnt> {
  const handle = await openInside(path, inspection.roots);
  try {
    const head = await readHead(handle);
    const container = sniffContainer(head);
    if (container === null && (inspection.depth !== NO_DEPTH || namesOtherFiles(head)))
      throw new UnplayableError(`it is not a readable ${extension} file: ${nameForeign(head)}`);
    if (container === null || inspection.depth === NO_DEPTH) return { probe: null, depth: inspection.depth };
    return await inspectTracks({ handle, container, path }, extension, inspection);
  } finally {
    await handle.close();
  }
}

async function inspectTracks(
  input: MediaInput,
  extension: string,
  { depth, isHasty, ffprobePath }: Inspection,
): Promise<Learnt> {
  const truncation = await findTruncation(input.handle);
  if (truncation) throw new UnplayableError(truncation);
  let failure = 'its container is not one a video has';
  const probe = await probeFile(input).catch((error: Error) => {
    if (error instanceof UnplayableError) throw error;
    failure = error.message;
    return null;
  });
  const { beyond, isEncrypted } = await survey(input);
  if (isEncrypted)
    throw new UnplayableError(
      'it is encrypted (DRM): only the program that it was bought or recorded with can play it',
    );
  if (probe && depth === FULL_DEPTH && isReadWell(probe)) {
    if (beyond === 'nothing') return { probe, depth };
    if (beyond === 'tracks' && isHasty) return { probe, depth: HEADERS_DEPTH };
  }
  // Starting a process blocks this one for milliseconds, even when there is nothing to start.
  const second = depth === FULL_DEPTH ? await probeWithFfprobe(input, ffprobePath) : 'unknown';
  if (typeof second !== 'string') checkCodecs([...(probe?.tracks ?? []), ...second.tracks], second);
  const whole =
    typeof second === 'string' ? probe : probe && hasMedia(probe) ? complete(probe, second) : second;
  if (whole && hasMedia(whole)) return { probe: await withSegments(whole, input), depth };
  if (second === 'refused' && probe)
    throw new UnplayableError(
      `it is not a readable ${extension} file: it is damaged, and none of its tracks can be found`,
    );
  if (probe || typeof second !== 'string')
    throw new UnplayableError(
      'it has neither a video nor an audio track that can be read; it may be damaged',
    );
  if (READABLE.has(extension) || second === 'refused')
    throw new UnplayableError(`it is not a readable ${extension} file: ${failure}`);
  return { probe: null, depth };
}

/** A recording whose clock jumps is as long as its segments are. */
async function withSegments(probe: Probe, input: MediaInput): Promise<Probe> {
  const segments = await readSegments(input);
  return segments && segments.count > 1 ? { ...probe, durationSeconds: segments.durationSeconds } : probe;
}

const hasMedia = ({ tracks }: Probe) => tracks.some(({ kind }) => kind !== 'SUBTITLE');

/** Whether mediabunny read a film to the end. Where a codec is unknown to it, or a duration, other things may be as well. */
function isReadWell({ tracks, durationSeconds }: Probe): boolean {
  const isKnown = tracks.every(({ codec }) => codec !== null && KNOWN_CODECS.has(codec));
  return durationSeconds !== null && tracks.length > 0 && isKnown;
}

/** Adds what mediabunny does not read: chapters, subtitle tracks, languages. */
function complete(probe: Probe, other: Probe): Probe {
  const of = (kind: MediaTrack['kind'], { tracks }: Probe) => tracks.filter((track) => track.kind === kind);
  const fill = (kind: MediaTrack['kind']) => {
    const theirs = of(kind, other);
    const ours = of(kind, probe);
    if (ours.length === 0) return theirs;
    return ours.map((track, index) => ({
      ...track,
      language: track.language ?? theirs[index]?.language ?? null,
    }));
  };
  return {
    ...probe,
    // It may know tracks that mediabunny does not, with which the film begins or ends.
    durationSeconds: other.durationSeconds ?? probe.durationSeconds,
    tracks: [...fill('VIDEO'), ...fill('AUDIO'), ...fill('SUBTITLE')],
    chosen: {
      video: of('VIDEO', probe).length > 0 ? probe.chosen.video : other.chosen.video,
      audio: of('AUDIO', probe).length > 0 ? probe.chosen.audio : other.chosen.audio,
    },
    chapters: other.chapters,
    tags: other.tags,
  };
}
