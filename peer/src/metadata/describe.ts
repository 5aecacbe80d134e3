import { extname, join } from 'node:path';
import type { FileKey, MediaInfo, MediaTrack } from '../library/types.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { parseFileName } from './names.ts';
import { type Probe, probeFile } from './probe.ts';
import { readSidecars } from './sidecars.ts';
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
}

/**
 * Describes a film from its inside (mediabunny, else ffprobe), its name and the files beside it.
 *
 * @throws UnplayableError for a file that is cut off, or no media file at all.
 */
export async function describeFile(key: FileKey, config: DescribeConfig): Promise<MediaInfo> {
  const path = join(key.dir, key.name);
  const extension = extname(key.name).toLowerCase();
  const probe = config.extractMetadata ? await probe_(path, extension, config.ffprobePath) : null;
  const named = parseFileName(path);
  const sidecars = await readSidecars(key);
  const first = (kind: MediaTrack['kind']) => probe?.tracks.find((track) => track.kind === kind);
  const video = first('video');
  const audio = first('audio');
  return {
    ...named,
    ...sidecars.nfo,
    container: probe?.container ?? null,
    mimeType: MIME_TYPES[extension] ?? probe?.mimeType ?? 'application/octet-stream',
    videoCodec: video?.codec ?? null,
    audioCodec: audio?.codec ?? null,
    durationSeconds: probe?.durationSeconds ?? null,
    width: video?.width ?? null,
    height: video?.height ?? null,
    language: audio?.language ?? null,
    tracks: probe?.tracks ?? [],
    subtitles: sidecars.subtitles,
  };
}

async function probe_(path: string, extension: string, ffprobePath: string): Promise<Probe | null> {
  const truncation = await findTruncation(path);
  if (truncation) throw new UnplayableError(truncation);
  let failure = 'its container is not one a video has';
  const probe = await probeFile(path).catch((error: Error) => {
    failure = error.message;
    return null;
  });
  if (probe && probe.tracks.length > 0) return probe;
  const second = await probeWithFfprobe(path, ffprobePath);
  if (second && second.tracks.length > 0) return second;
  if (probe || READABLE.has(extension))
    throw new UnplayableError(
      probe
        ? 'it has neither a video nor an audio track'
        : `it is not a readable ${extension} file: ${failure}`,
    );
  return null;
}
