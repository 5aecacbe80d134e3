import { basename, extname } from 'node:path';
import { MAX_SUBTITLE_TRACKS, type SubtitleTrack } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import { type ProbedStream, probeStreams } from '../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { isLanguageCode, readSubtitleWords } from '../naming/subtitle-names.ts';

/** A subtitle track of a film and where its text is. */
export interface FoundSubtitle extends Omit<SubtitleTrack, 'track'> {
  at: { kind: 'file'; name: string } | { kind: 'stream'; index: number; codec: string };
}

/** Codecs that are text, as FFmpeg names them; DVD's and Blu-ray's are pictures. */
const TEXT_CODECS: ReadonlySet<string> = new Set([
  ...[
    'subrip',
    'ass',
    'ssa',
    'webvtt',
    'mov_text',
    'text',
    'ttml',
    'microdvd',
    'sami',
    'subviewer',
    'subviewer1',
  ],
  ...['mpl2', 'jacosub', 'realtext', 'stl', 'pjs', 'vplayer', 'eia_608'],
]);
/** Extensions of files that are text; what is in them shows when they are read. */
const TEXT_FILES: ReadonlySet<string> = new Set(
  ['vtt', 'srt', 'ass', 'ssa', 'sub', 'sbv', 'smi', 'sami', 'ttml', 'dfxp', 'mpl'].map((name) => `.${name}`),
);
const MAX_NAME_LENGTH = 100;

/** Text tracks beside a film, then those within it, which only FFmpeg can read. */
export async function findSubtitles(
  content: Pick<SharedContent, 'path' | 'subtitles' | 'open'>,
  tools: FFmpegTools,
  signal: AbortSignal,
): Promise<FoundSubtitle[]> {
  const files = content.subtitles
    .filter((name) => TEXT_FILES.has(extname(name).toLowerCase()))
    .map((name) => describeFile(content.path, name))
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault))
    .map(({ isDefault: _, ...track }) => track);
  const streams =
    tools.ffmpegPath && tools.ffprobePath
      ? await probeStreams(content, 's', tools.ffprobePath, signal)
      : null;
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
  if (index === undefined) return [];
  const language = tags?.language ?? '';
  return [
    {
      at: { kind: 'stream', index, codec },
      language: isLanguageCode(language) ? language : null,
      name: tags?.title?.slice(0, MAX_NAME_LENGTH) || null,
      forced: disposition?.forced === 1,
      hearingImpaired: disposition?.hearing_impaired === 1,
    },
  ];
}
