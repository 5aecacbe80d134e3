import { join } from 'node:path';
import { detailsOrNull, NO_DETAILS } from '@giggityflix/proto/media-file';
import { isEscaped, toBytes } from '../files/escaped-names.ts';
import { isInside } from '../files/is-inside.ts';
import { type ExplainedTitle, explainFileName, type NamedTitle } from '../naming/title-name.ts';
import { decodeText } from '../text/decode.ts';
import { withTags } from './embedded-tags.ts';
import type { MediaInfo } from './media-info.ts';
import { readNfo } from './nfo.ts';
import type { NfoFacts } from './nfo-facts.ts';
import { parseSidecars } from './sidecar-files.ts';

/** A film and what lies beside it. */
export interface DescribedFile {
  dir: string;
  name: string;
  /** As `indexSidecars` writes it. */
  sidecars: string;
}

/** What a film's name, its folders and the files beside it say of it, and by which of their parts. */
export async function describeOutside(
  { dir, name, sidecars }: DescribedFile,
  roots: readonly string[],
  tags?: MediaInfo['tags'],
): Promise<NamedTitle & Pick<MediaInfo, 'subtitles' | 'details'> & { reasons: string[] }> {
  const { nfo, subtitles } = parseSidecars(sidecars);
  const root = rootOf(dir, roots);
  const byName = isEscaped(join(dir, name))
    ? explainFileName(await readable(join(dir, name)), root && (await readable(root)))
    : explainFileName(join(dir, name), root);
  const facts = nfo ? await readNfo(join(dir, nfo.name), roots) : {};
  const named = withTags(byName, tags);
  const { externalIds, lastEpisode, extraOf, ...title } = combine(named, facts, nfo?.name ?? '');
  const details = detailsOrNull({ ...NO_DETAILS, externalIds, lastEpisode, extraOf });
  // Named even where there are none, so that they take the place of former ones.
  return { ...title, subtitles, details: details ?? undefined };
}

/** A path with the letters that its bytes most likely are, for what is not UTF-8. */
async function readable(path: string): Promise<string> {
  const parts = path.split('/').map((part) => (isEscaped(part) ? decodeText(toBytes(part)) : part));
  return (await Promise.all(parts)).join('/');
}

/** The innermost of the media folders that hold a folder. */
function rootOf(dir: string, roots: readonly string[]): string | undefined {
  return roots
    .filter((root) => isInside(dir, root))
    .sort((one, other) => other.length - one.length)
    .at(0);
}

/** The `.nfo` decides what it says. An episode of which nothing names the show is that of a clip. */
function combine(named: ExplainedTitle, nfo: NfoFacts, file: string): ExplainedTitle {
  const { episodeTitle, ...facts } = nfo;
  const reasons = [...named.reasons, `"${file}"`];
  if (facts.kind === 'EPISODE') {
    const said = { ...named, ...facts, reasons };
    const isKnown = said.episode !== null && (facts.title !== undefined || named.kind === 'EPISODE');
    if (isKnown) return said;
    return { ...said, title: episodeTitle ?? named.title, kind: 'CLIP', season: null, episode: null };
  }
  if (facts.kind === 'MOVIE' && (facts.title !== undefined || named.kind === 'MOVIE'))
    return { ...named, ...facts, reasons };
  return named;
}
