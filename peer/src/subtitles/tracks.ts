import { basename, extname } from 'node:path';
import { MAX_SUBTITLE_TRACKS, type SubtitleTrack } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import { type ProbedStream, probeStreams } from '../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { isLanguageCode, readSubtitleWords } from '../naming/subtitle-names.ts';

/** A subtitle track of a film and where its text is. */
export interface FoundSubtitle extends Omit<SubtitleTrack, 'track'> {
  at: { kind: 'file'; name: string } | { kind: 'stream'; index: number };
}

/** Codecs that are text, as FFmpeg names them; DVD's and Blu-ray's are pictures. */
const TEXT_CODECS: ReadonlySet<string> = new Set([
  'subrip',
  'ass',
  'ssa',
  'webvtt',
  'mov_text',
  'text',
  'ttml',
]);
/** Files FFmpeg converts by their format's name. */
export const CONVERTED_FORMATS: Readonly<Record<string, string>> = {
  '.srt': 'srt',
  '.ass': 'ass',
  '.ssa': 'ass',
};
const MAX_NAME_LENGTH = 100;

/** Text tracks beside a film, then those within it; without FFmpeg only WebVTT files are of use, and the others left out. */
export async function findSubtitles(
  content: Pick<SharedContent, 'path' | 'subtitles' | 'open'>,
  tools: FFmpegTools,
  signal: AbortSignal,
): Promise<FoundSubtitle[]> {
  const convert = tools.ffmpegPath !== null;
  const files = content.subtitles
    .filter((name) => {
      const format = extname(name).toLowerCase();
      return format === '.vtt' || (convert && format in CONVERTED_FORMATS);
    })
    .map((name) => describeFile(content.path, name))
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault))
    .map(({ isDefault: _, ...track }) => track);
  const streams =
    convert && tools.ffprobePath ? await probeStreams(content, 's', tools.ffprobePath, signal) : null;
  const tracks = streams?.filter(({ codec_name = '' }) => TEXT_CODECS.has(codec_name)) ?? [];
  return numbered([...files, ...tracks.flatMap(describeStream)]).slice(0, MAX_SUBTITLE_TRACKS);
}

/** What the name says beyond the film's: `Film.en.forced.srt`, `Film_English.srt`, `Subs/2_English.srt`. */
function describeFile(film: string, path: string): FoundSubtitle & { isDefault: boolean } {
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
  };
}

/** Viewers choose by what tracks are called: of those that are called alike, all but the first are numbered. */
function numbered(tracks: readonly FoundSubtitle[]): FoundSubtitle[] {
  const counts = new Map<string, number>();
  return tracks.map((track) => {
    const { at: _, ...shown } = track;
    const key = JSON.stringify(Object.entries(shown).sort());
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count === 1 ? track : { ...track, name: [track.name, count].filter(Boolean).join(' ') };
  });
}

function describeStream({ index, tags, disposition }: ProbedStream): FoundSubtitle[] {
  if (index === undefined) return [];
  const language = tags?.language ?? '';
  return [
    {
      at: { kind: 'stream', index },
      language: isLanguageCode(language) ? language : null,
      name: tags?.title?.slice(0, MAX_NAME_LENGTH) || null,
      forced: disposition?.forced === 1,
      hearingImpaired: disposition?.hearing_impaired === 1,
    },
  ];
}
