import type { LibraryFile } from '../library/types.ts';
import type { MediaInfo } from '../metadata/media-info.ts';
import { describeOutside } from '../metadata/outside.ts';
import { idText } from '../naming/identifiers.ts';
import type { NamedTitle } from '../naming/title-name.ts';
import { oneLine } from './format.ts';

/** What was parsed of a file's name, its folders and the files beside it, and why. */
export interface Explanation extends NamedTitle, Pick<MediaInfo, 'details'> {
  reasons: string[];
}

/** A file of the index, with what its own tags say. */
export type TaggedFile = LibraryFile & Pick<MediaInfo, 'tags'>;

export async function explain(file: TaggedFile): Promise<Explanation> {
  const { subtitles: _s, readings: _r, ...explanation } = await describeOutside(file, [file.root], file.tags);
  return explanation;
}

/** An explanation in lines that belong below a file's. */
export function explanationLines(explanation: Explanation): string {
  const { title, year, season, episode, kind, reasons, details } = explanation;
  const last = details?.lastEpisode ?? null;
  const numbers = [
    season === null ? '' : `season ${season}`,
    episode === null ? '' : last === null ? `episode ${episode}` : `episodes ${episode} to ${last}`,
    details?.extraOf ? `of "${details.extraOf.title}"` : '',
    ...(details?.externalIds ?? []).map(idText),
  ];
  const facts = [kind.toLowerCase(), year === null ? '' : String(year), ...numbers].filter(Boolean);
  const lines = [`= ${title} (${facts.join(', ')})`, ...reasons.map((reason) => `  because: ${reason}`)];
  return lines.map((line) => `    ${oneLine(line)}\n`).join('');
}
