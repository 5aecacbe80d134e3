import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { FileKey, MediaInfo } from '../library/types.ts';
import { clean } from './names.ts';

/** Larger ones are no `.nfo` anyone wrote. */
const MAX_NFO_BYTES = 262_144;
const MAX_SUBTITLES = 50;

export interface Sidecars {
  nfo: Partial<Pick<MediaInfo, 'title' | 'year' | 'season' | 'episode' | 'kind'>>;
  subtitles: string[];
}

/** Reads what media centres keep beside a film: `Film.nfo` (Kodi's XML) and `Film.en.srt`. */
export async function readSidecars(key: FileKey): Promise<Sidecars> {
  const stem = basename(key.name, extname(key.name));
  const names = await sidecarNames(key.dir);
  const subtitles = names
    .filter((name) => name.startsWith(stem) && !name.toLowerCase().endsWith('.nfo'))
    .slice(0, MAX_SUBTITLES);
  const nfoName = names.find((name) => name.toLowerCase() === `${stem.toLowerCase()}.nfo`);
  return { nfo: nfoName ? await readNfo(join(key.dir, nfoName)) : {}, subtitles };
}

/** The folder last listed: the files of one folder are read one after the other, and may be thousands. */
let listed: { dir: string; at: number; names: Promise<string[]> } | null = null;
const LISTING_MS = 1_000;

function sidecarNames(dir: string): Promise<string[]> {
  if (listed?.dir !== dir || performance.now() - listed.at > LISTING_MS) {
    const names = readdir(dir).then(
      (all) => all.filter((name) => /\.(nfo|srt|vtt|ass|ssa|sub)$/i.test(name)),
      (): string[] => [],
    );
    listed = { dir, at: performance.now(), names };
  }
  return listed.names;
}

async function readNfo(path: string): Promise<Sidecars['nfo']> {
  try {
    if ((await stat(path)).size > MAX_NFO_BYTES) return {};
    return parseNfo(await readFile(path, 'utf8'));
  } catch {
    return {};
  }
}

/** The title, year and numbers of Kodi's `<movie>` or `<episodedetails>`; empty for any other text. */
export function parseNfo(text: string): Sidecars['nfo'] {
  const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: true });
  let document: Record<string, unknown>;
  try {
    document = parser.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
  const movie = document.movie as Record<string, unknown> | undefined;
  const episode = document.episodedetails as Record<string, unknown> | undefined;
  const source = movie ?? episode;
  if (!source || typeof source !== 'object') return {};
  const title = clean(String((episode ? source.showtitle : undefined) ?? source.title ?? '')).slice(0, 500);
  const year = number(source.year ?? String(source.premiered ?? source.aired ?? '').slice(0, 4), 1870, 2200);
  return {
    ...(title ? { title } : {}),
    ...(year !== null ? { year } : {}),
    ...(episode
      ? {
          season: number(source.season, 0, 10_000),
          episode: number(source.episode, 0, 100_000),
          kind: 'EPISODE' as const,
        }
      : { kind: 'MOVIE' as const }),
  };
}

function number(value: unknown, min: number, max: number): number | null {
  const parsed = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  return parsed >= min && parsed <= max ? parsed : null;
}
