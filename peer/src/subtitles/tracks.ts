import { basename, extname } from 'node:path';
import { MAX_SUBTITLE_TRACKS, type SubtitleTrack } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import { type ProbedStream, probeStreams } from '../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';

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
    .map((name) => describeFile(content.path, name));
  const streams =
    convert && tools.ffprobePath ? await probeStreams(content, 's', tools.ffprobePath, signal) : null;
  const tracks = streams?.filter(({ codec_name = '' }) => TEXT_CODECS.has(codec_name)) ?? [];
  return [...files, ...tracks.flatMap(describeStream)].slice(0, MAX_SUBTITLE_TRACKS);
}

/** What the name says beyond the film's: `Film.en.forced.srt`. */
function describeFile(film: string, name: string): FoundSubtitle {
  const stem = basename(film, extname(film));
  const words = basename(name, extname(name)).slice(stem.length).split('.').filter(Boolean);
  const found: FoundSubtitle = {
    at: { kind: 'file', name },
    language: null,
    name: null,
    forced: false,
    hearingImpaired: false,
  };
  const rest: string[] = [];
  for (const word of words) {
    const lower = word.toLowerCase();
    if (lower === 'forced' || lower === 'foreign') found.forced = true;
    // "hi" is Hindi, unless the language is known already.
    else if (['sdh', 'cc'].includes(lower) || (lower === 'hi' && found.language))
      found.hearingImpaired = true;
    else if (found.language === null && isLanguage(word)) found.language = word;
    else rest.push(word);
  }
  found.name = rest.join(' ').slice(0, MAX_NAME_LENGTH) || null;
  return found;
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** A BCP 47 tag or an ISO 639 code of a language there is. */
function isLanguage(word: string): boolean {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(word)) return false;
  try {
    return languages.of(word) !== undefined;
  } catch {
    return false;
  }
}

function describeStream({ index, tags, disposition }: ProbedStream): FoundSubtitle[] {
  if (index === undefined) return [];
  const language = tags?.language ?? '';
  return [
    {
      at: { kind: 'stream', index },
      language: isLanguage(language) ? language : null,
      name: tags?.title?.slice(0, MAX_NAME_LENGTH) || null,
      forced: disposition?.forced === 1,
      hearingImpaired: disposition?.hearing_impaired === 1,
    },
  ];
}
