import { extname, join } from 'node:path';
import type { MediaTrack } from '@giggityflix/proto/media-file';
import { namesOtherFiles, sniffContainer } from '../containers/containers.ts';
import { type MediaInput, readHead } from '../containers/input.ts';
import { canRun } from '../ffmpeg/tools.ts';
import { openInside } from '../files/open-inside.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import type { MediaInfo } from './media-info.ts';
import { type DescribedFile, describeOutside } from './outside.ts';
import { type Probe, probeFile } from './probe.ts';
import { findTruncation } from './truncation.ts';

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
  '.ts': 'video/mp2t',
  '.m2ts': 'video/mp2t',
  '.mpg': 'video/mpeg',
  '.mpeg': 'video/mpeg',
  '.ogv': 'video/ogg',
  '.wmv': 'video/x-ms-wmv',
  '.flv': 'video/x-flv',
};

/** Containers mediabunny reads whole: a file of that name it cannot read is broken, not foreign. */
const READABLE = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm']);

/** The file is no film anyone could play; `message` says why, to its owner. */
export class UnplayableError extends Error {
  override readonly name = 'UnplayableError';
}

export interface DescribeConfig {
  extractMetadata: boolean;
  ffprobePath: string;
  /** The media folders, which links may lead into; without them the film's own. */
  roots?: readonly string[];
}

/** How deeply films are looked into: not at all, by mediabunny, by ffprobe as well. */
const NO_DEPTH = 0;
export const HEADERS_DEPTH = 1;
const FULL_DEPTH = 2;

/** Describes films. */
export interface Describer {
  /** How deeply films are looked into here. */
  readonly depth: Promise<number>;
  /**
   * Describes a film from its inside (mediabunny and ffprobe), its name and the files beside it.
   *
   * @throws UnplayableError for a file that is cut off, or no media file at all; OutsideError.
   */
  describe(file: DescribedFile): Promise<MediaInfo>;
  /** Describes the same bytes under another name, or with other files beside them; the film is not read. */
  redescribe(media: MediaInfo, file: DescribedFile): Promise<MediaInfo>;
}

export function createDescriber(config: DescribeConfig): Describer {
  const depth = reachableDepth(config);
  const inspection = ({ dir }: DescribedFile) => ({
    ffprobePath: config.ffprobePath,
    roots: config.roots ?? [dir],
  });
  return {
    depth,
    describe: async (file) => describeFile(file, { ...inspection(file), depth: await depth }),
    redescribe: (media, file) => redescribeFile(media, file, inspection(file).roots),
  };
}

async function reachableDepth(config: DescribeConfig): Promise<number> {
  if (!config.extractMetadata) return NO_DEPTH;
  return (await canRun(config.ffprobePath)) ? FULL_DEPTH : HEADERS_DEPTH;
}

interface Inspection {
  depth: number;
  ffprobePath: string;
  roots: readonly string[];
}

async function describeFile(file: DescribedFile, inspection: Inspection): Promise<MediaInfo> {
  const path = join(file.dir, file.name);
  const extension = extname(file.name).toLowerCase();
  const probe = await inspect(path, extension, inspection);
  const first = (kind: MediaTrack['kind']) => probe?.tracks.find((track) => track.kind === kind);
  const video = first('VIDEO');
  const audio = first('AUDIO');
  return {
    ...(await outside(file, inspection.roots, probe?.tags)),
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
}

async function redescribeFile(
  media: MediaInfo,
  file: DescribedFile,
  roots: readonly string[],
): Promise<MediaInfo> {
  const mimeType = MIME_TYPES[extname(file.name).toLowerCase()] ?? media.mimeType;
  return { ...media, ...(await outside(file, roots, media.tags)), mimeType };
}

async function outside(file: DescribedFile, roots: readonly string[], tags: MediaInfo['tags']) {
  const { reasons: _, ...facts } = await describeOutside(file, roots, tags);
  return facts;
}

/** Opens the film once for all who look into it, and for nobody unless it is of a container of the list. */
async function inspect(path: string, extension: string, inspection: Inspection): Promise<Probe | null> {
  const handle = await openInside(path, inspection.roots);
  try {
    const head = await readHead(handle);
    const container = sniffContainer(head);
    if (container === null && (inspection.depth !== NO_DEPTH || namesOtherFiles(head)))
      throw new UnplayableError(
        `it is not a readable ${extension} file: its content is none of the containers that this peer opens`,
      );
    if (container === null || inspection.depth === NO_DEPTH) return null;
    return await inspectTracks({ handle, container, path }, extension, inspection);
  } finally {
    await handle.close();
  }
}

async function inspectTracks(
  input: MediaInput,
  extension: string,
  inspection: Inspection,
): Promise<Probe | null> {
  const truncation = await findTruncation(input.handle);
  if (truncation) throw new UnplayableError(truncation);
  let failure = 'its container is not one a video has';
  const probe = await probeFile(input).catch((error: Error) => {
    failure = error.message;
    return null;
  });
  // Starting a process blocks this one for milliseconds, even when there is nothing to start.
  const second =
    inspection.depth === FULL_DEPTH ? await probeWithFfprobe(input, inspection.ffprobePath) : 'unknown';
  if (probe && probe.tracks.length > 0) return typeof second === 'string' ? probe : complete(probe, second);
  if (typeof second !== 'string' && second.tracks.length > 0) return second;
  if (probe || typeof second !== 'string')
    throw new UnplayableError('it has neither a video nor an audio track');
  if (READABLE.has(extension) || second === 'refused')
    throw new UnplayableError(`it is not a readable ${extension} file: ${failure}`);
  return null;
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
    durationSeconds: probe.durationSeconds ?? other.durationSeconds,
    tracks: [...fill('VIDEO'), ...fill('AUDIO'), ...fill('SUBTITLE')],
    chapters: other.chapters,
    tags: other.tags,
  };
}
