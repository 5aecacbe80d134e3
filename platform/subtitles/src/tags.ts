/** A tag, or the text between two. */
export type Token =
  | { kind: 'text'; text: string }
  | { kind: 'open' | 'close'; name: string; attributes: string; isEmpty: boolean };

/** Comments, declarations and instructions are none; a name is without its prefix. */
const PARTS =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<[!?][^<>]{0,2000}>|<(\/?)(?:[\w-]{1,30}:)?([a-z][\w-]{0,30})((?:\s[^<>]{0,5000}|\/)?)>|[^<]+|</gi;

/** The tags and texts of a document that may be well-formed XML or HTML as people write it. Nothing in it is looked up. */
export function* tokensOf(document: string): Generator<Token> {
  for (const [all, data, slash, name, attributes = ''] of document.matchAll(PARTS)) {
    if (data !== undefined) yield { kind: 'text', text: data.replace(/&/g, '&amp;') };
    else if (name !== undefined)
      yield {
        kind: slash === '/' ? 'close' : 'open',
        name: name.toLowerCase(),
        attributes,
        isEmpty: attributes.endsWith('/'),
      };
    else if (!/^<[!?]/.test(all)) yield { kind: 'text', text: all };
  }
}

/** By the name of the attribute; there are a dozen. */
const patterns = new Map<string, RegExp>();

/** An attribute's value whatever its quotes and its prefix are; null where there is none. */
export function attributeOf(attributes: string, name: string): string | null {
  let pattern = patterns.get(name);
  if (!pattern) {
    pattern = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'/>]+))`, 'i');
    patterns.set(name, pattern);
  }
  const match = pattern.exec(attributes);
  return match ? (match[1] ?? match[2] ?? match[3] ?? null) : null;
}
