import { join } from 'node:path';
import { isEscaped, toBytes } from '../files/escaped-names.ts';
import { isInside } from '../files/is-inside.ts';
import { explainFileName, type KnownShow, type NamedTitle } from '../naming/title-name.ts';
import { decodeText } from '../text/decode.ts';
import { combine } from './combine.ts';
import { withTags } from './embedded-tags.ts';
import type { MediaInfo } from './media-info.ts';
import { readNfo } from './nfo.ts';
import type { NfoContent } from './nfo-facts.ts';
import { parseSidecars, type StatedFile } from './sidecar-files.ts';

/** A film and what lies beside it. */
export interface DescribedFile {
  dir: string;
  name: string;
  /** As `indexSidecars` writes it. */
  sidecars: string;
}

/** A file beside a film that was read, and why it is not used; null where it is. */
export interface SidecarReading {
  path: string;
  problem: string | null;
}

export interface OutsideDescription extends NamedTitle, Pick<MediaInfo, 'subtitles' | 'details'> {
  reasons: string[];
  readings: SidecarReading[];
}

/** What a film's name, its folders and the files beside it say of it, and by which of their parts. */
export async function describeOutside(
  { dir, name, sidecars }: DescribedFile,
  roots: readonly string[],
  tags?: MediaInfo['tags'],
): Promise<OutsideDescription> {
  const { subtitles, ...beside } = parseSidecars(sidecars);
  const readings: SidecarReading[] = [];
  const read = async (file: StatedFile | null | undefined): Promise<NfoContent | null> => {
    if (!file) return null;
    const path = join(dir, file.name);
    const content = await readNfo(path, roots);
    readings.push({ path, problem: content.problem });
    return content;
  };
  const [film, show, season, owner] = [
    await read(beside.nfo),
    await read(beside.show),
    await read(beside.season),
    await read(beside.owner),
  ];
  const root = rootOf(dir, roots);
  const known = knownShow(show, beside.show);
  const byName = isEscaped(join(dir, name))
    ? explainFileName(await readable(join(dir, name)), root && (await readable(root)), known)
    : explainFileName(join(dir, name), root, known);
  const combined = combine({
    named: withTags(byName, tags),
    film,
    show: show?.show ?? null,
    seasonTitle: season?.seasonTitle ?? null,
    owner,
    fileNames: { film: beside.nfo?.name ?? '', show: beside.show?.name ?? '' },
  });
  const reasons = [
    ...combined.reasons,
    ...readings.flatMap(({ path, problem }) => (problem ? [`"${path}" is not used: ${problem}`] : [])),
  ];
  // Details are named even where there are none, so that they take the place of former ones.
  return { ...combined, reasons, readings, subtitles };
}

function knownShow(content: NfoContent | null, file: StatedFile | undefined): KnownShow | undefined {
  const show = content?.show;
  return show?.title && file ? { file: file.name, title: show.title, year: show.year } : undefined;
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
