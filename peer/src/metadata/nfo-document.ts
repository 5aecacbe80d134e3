import { ALL_ENTITIES } from '@nodable/entities';
import { XMLParser } from 'fast-xml-parser';
import { type Element, elements } from './nfo-values.ts';

/** Most characters of an `.nfo`; the largest that media centres write, with every frame grabbed, have half of that. */
export const MAX_NFO_LENGTH = 1_048_576;
/** Kodi nests five deep. */
export const MAX_NFO_DEPTH = 32;

const ROOTS = ['movie', 'episodedetails', 'tvshow', 'season'] as const;
type Root = (typeof ROOTS)[number];

export interface NfoDocument {
  roots: Readonly<Record<Root, Element[]>>;
  /** Addresses that stand outside of the elements. */
  links: string[];
  /** Why nothing of it is used, though it is meant to be read; null where it can be, or is something else. */
  problem: string | null;
}

/** People's tools write HTML's names of letters, too. The parser takes a table of them where its types have a flag. */
const HTML_ENTITIES = ALL_ENTITIES as unknown as boolean;
const LINK = /https?:\/\/[^\s<>"']{1,500}/giu;
/** Links of one text that are looked at. */
const MAX_LINKS = 20;

/**
 * The elements of Kodi's XML, and the addresses beside it. A text that declares entities of its own, is cut off, or nests
 * too deeply, is refused as a whole: what is left of it may say something else.
 */
export function parseDocument(text: string): NfoDocument {
  const isMeant = ROOTS.some((root) => new RegExp(`<${root}[\\s>/]`, 'iu').test(text));
  if (!isMeant) return { roots: NO_ROOTS, links: linksOf(text), problem: null };
  const problem = problemOf(text);
  if (problem) return refused(problem);
  try {
    const document = parse(text);
    const roots = Object.fromEntries(
      ROOTS.map((root) => [root, elements(document[root])]),
    ) as NfoDocument['roots'];
    return { roots, links: linksOf(withoutRoots(text)), problem: null };
  } catch (error) {
    return refused(explain(error as Error));
  }
}

const NO_ROOTS: NfoDocument['roots'] = { movie: [], episodedetails: [], tvshow: [], season: [] };

const refused = (problem: string): NfoDocument => ({ roots: NO_ROOTS, links: [], problem });

function problemOf(text: string): string | null {
  if (text.length > MAX_NFO_LENGTH) return `it is longer than ${MAX_NFO_LENGTH} characters`;
  if (/<!ENTITY/iu.test(text)) return 'it declares entities of its own';
  for (const root of ROOTS) {
    const opened = text.match(new RegExp(`<${root}(?:\\s[^>]*)?(?<!/)>`, 'giu'))?.length ?? 0;
    const closed = text.match(new RegExp(`</${root}\\s*>`, 'giu'))?.length ?? 0;
    if (opened > closed) return `it is cut off: </${root}> is missing`;
  }
  return null;
}

function parse(text: string): Record<string, unknown> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: true,
    htmlEntities: HTML_ENTITIES,
    maxNestedTags: MAX_NFO_DEPTH,
    transformTagName: (name) => name.toLowerCase(),
    transformAttributeName: (name) => name.toLowerCase(),
  });
  return parser.parse(text) as Record<string, unknown>;
}

function explain({ message }: Error): string {
  if (/nest/iu.test(message)) return `its elements are nested more than ${MAX_NFO_DEPTH} deep`;
  return `it is not valid XML: ${message.split('\n', 1)[0]?.slice(0, 200)}`;
}

function withoutRoots(text: string): string {
  const first = text.search(new RegExp(`<(?:${ROOTS.join('|')})[\\s>]`, 'iu'));
  const last = [...text.matchAll(new RegExp(`</(?:${ROOTS.join('|')})\\s*>`, 'giu'))].at(-1);
  if (first < 0 || !last) return '';
  return `${text.slice(0, first)} ${text.slice(last.index + last[0].length)}`;
}

function linksOf(text: string): string[] {
  return text.slice(0, MAX_NFO_LENGTH).match(LINK)?.slice(0, MAX_LINKS) ?? [];
}
