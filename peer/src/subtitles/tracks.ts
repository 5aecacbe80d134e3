import { basename, extname } from 'node:path';
import {
  type DrawnSubtitleFormat,
  MAX_SUBTITLE_TRACKS,
  type SubtitleTrack,
} from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import { type ProbedStream, probeStreams } from '../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { isLanguageCode, readSubtitleWords } from '../naming/subtitle-names.ts';
import { readVobSubIndex } from './vob-sub-file.ts';

/** A subtitle track of a film and where its text is. */
export interface FoundSubtitle extends Omit<SubtitleTrack, 'track'> {
  /** Whether it has no text. */
  isPicture: boolean;
  at:
    | { kind: 'file'; name: string }
    | { kind: 'stream'; index: number; codec: string }
    /** `index` names the `.idx` file and `track` is its place there; `name` is the `.sub` file. */
    | { kind: 'vobsub'; name: string; index: string; track: number };
}

/** Codecs that are text, as FFmpeg names them. */
const TEXT_CODECS: ReadonlySet<string> = new Set([
  ...['subrip', 'ass', 'ssa', 'webvtt', 'mov_text', 'text', 'ttml', 'microdvd', 'sami', 'subviewer'],
  ...['subviewer1', 'mpl2', 'jacosub', 'realtext', 'stl', 'pjs', 'vplayer', 'eia_608'],
]);
/** Codecs and extensions that viewers draw themselves. */
const DRAWN: Readonly<Record<string, DrawnSubtitleFormat>> = {
  ass: 'ass',
  ssa: 'ass',
  '.ass': 'ass',
  '.ssa': 'ass',
  hdmv_pgs_subtitle: 'pgs',
  '.sup': 'pgs',
  dvd_subtitle: 'vobsub',
};
/** Extensions of files that are text; what is in them shows when they are read. */
const TEXT_FILES: ReadonlySet<string> = new Set(
  ['vtt', 'srt', 'ass', 'ssa', 'sub', 'sbv', 'smi', 'sami', 'ttml', 'dfxp', 'mpl'].map((name) => `.${name}`),
);
const MAX_NAME_LENGTH = 100;

type Content = Pick<SharedContent, 'path' | 'subtitles' | 'open' | 'isAvailable'>;

/** Tracks beside a film, then those within it, which only FFmpeg can read. */
export async function findSubtitles(
  content: Content,
  tools: FFmpegTools,
  signal: AbortSignal,
): Promise<FoundSubtitle[]> {
  const pairs = pairsOf(content.subtitles);
  const paired = new Set(pairs.map(({ sub }) => sub));
  const files = content.subtitles
    .filter((name) => !paired.has(name) && isShown(extname(name).toLowerCase()))
    .map((name) => describeFile(content.path, name));
  const pictures = await Promise.all(pairs.map((pair) => describePair(content, pair)));
  const beside = [...files, ...pictures.flat()]
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault))
    .map(({ isDefault: _, ...track }) => track);
  const streams =
    tools.ffmpegPath && tools.ffprobePath
      ? await probeStreams(content, 's', tools.ffprobePath, signal)
      : null;
  return numbered([...beside, ...(streams ?? []).flatMap(describeStream)]).slice(0, MAX_SUBTITLE_TRACKS);
}

function isShown(extension: string): boolean {
  return TEXT_FILES.has(extension) || extension in DRAWN;
}

interface Pair {
  index: string;
  sub: string;
}

/** VobSub is two files of the same name. */
function pairsOf(names: readonly string[]): Pair[] {
  const stemOf = (name: string) => name.slice(0, -extname(name).length).toLowerCase();
  const subs = new Map(
    names.filter((name) => /\.sub$/i.test(name)).map((name) => [stemOf(name), name] as const),
  );
  return names.flatMap((index) => {
    const sub = /\.idx$/i.test(index) ? subs.get(stemOf(index)) : undefined;
    return sub === undefined ? [] : [{ index, sub }];
  });
}

type DescribedFile = FoundSubtitle & { isDefault: boolean };

/** A track for each language of the index; what its name says holds for one of no language. */
async function describePair(content: Content, { index, sub }: Pair): Promise<DescribedFile[]> {
  const said = describeFile(content.path, index);
  const read = await readVobSubIndex(content, index).catch(() => null);
  return (read?.tracks ?? []).flatMap(({ language, name, times }, track) =>
    times.length === 0
      ? []
      : [
          {
            ...said,
            at: { kind: 'vobsub', name: sub, index, track } as const,
            language: language && isLanguageCode(language) ? language : said.language,
            name: name ?? said.name,
            isPicture: true,
            format: 'vobsub' as const,
          },
        ],
  );
}

/** What the name says beyond the film's: `Film.en.forced.srt`, `Film_English.srt`, `Subs/2_English.srt`. */
function describeFile(film: string, path: string): DescribedFile {
  const stem = basename(film, extname(film));
  const name = basename(path, extname(path));
  const isCalledAfter = name.toLowerCase().startsWith(stem.toLowerCase());
  const said = readSubtitleWords(isCalledAfter ? name.slice(stem.length) : name);
  // Releases number what lies in a folder of subtitles.
  const rest = isCalledAfter ? said.rest : said.rest.filter((word) => !/^\d{1,2}$/u.test(word));
  return {
    at: { kind: 'file', name: path },
    language: said.language,
    name: rest.join(' ').slice(0, MAX_NAME_LENGTH) || null,
    forced: said.forced,
    hearingImpaired: said.hearingImpaired,
    isDefault: said.isDefault,
    ...drawnAs(extname(path).toLowerCase()),
  };
}

/** Viewers choose by what tracks are called: of those that are called alike, all but the first are numbered. */
function numbered(tracks: readonly FoundSubtitle[]): FoundSubtitle[] {
  const keyOf = ({ at: _, ...shown }: FoundSubtitle) => JSON.stringify(Object.entries(shown).sort());
  const taken = new Set(tracks.map(keyOf));
  const seen = new Set<string>();
  return tracks.map((track) => {
    const key = keyOf(track);
    if (!seen.has(key)) {
      seen.add(key);
      return track;
    }
    for (let count = 2; ; count += 1) {
      const name = [track.name?.slice(0, MAX_NAME_LENGTH - 4), count].filter(Boolean).join(' ');
      const renamed = { ...track, name };
      if (taken.has(keyOf(renamed))) continue;
      taken.add(keyOf(renamed));
      return renamed;
    }
  });
}

function describeStream({ index, codec_name: codec = '', tags, disposition }: ProbedStream): FoundSubtitle[] {
  if (index === undefined || !(TEXT_CODECS.has(codec) || codec in DRAWN)) return [];
  const language = tags?.language ?? '';
  return [
    {
      at: { kind: 'stream', index, codec },
      language: isLanguageCode(language) ? language : null,
      name: tags?.title?.slice(0, MAX_NAME_LENGTH) || null,
      forced: disposition?.forced === 1,
      hearingImpaired: disposition?.hearing_impaired === 1,
      ...drawnAs(codec),
    },
  ];
}

function drawnAs(kind: string): Pick<FoundSubtitle, 'isPicture' | 'format'> {
  const format = DRAWN[kind];
  return { isPicture: format === 'pgs' || format === 'vobsub', ...(format ? { format } : {}) };
}
