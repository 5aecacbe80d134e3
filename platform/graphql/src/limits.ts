import {
  type DocumentNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  type SourceLocation,
} from 'graphql';
import { fragmentsOf } from './fragments.ts';

/** What a document may be at most. */
export interface DocumentLimits {
  /** Lexical tokens. */
  tokens: number;
  /** Fields inside fields, fragments included. */
  depth: number;
  /** Aliases, each counted as often as its fragment is spread. */
  aliases: number;
  /** Fields and fragments of the whole document, each counted as often as it is spread: a fragment bomb has billions. */
  selections: number;
}

/** Times one response name may stand in one selection set: validation compares each with each. */
const MAX_REPEATS = 50;

/** Selection sets inside selection sets for each level of fields: inline fragments nest without deepening the answer. */
const SETS_PER_LEVEL = 4;

export type ParsedDocument =
  | { ok: true; document: DocumentNode }
  | {
      ok: false;
      code: 'GRAPHQL_PARSE_FAILED' | 'OPERATION_TOO_COMPLEX';
      /** A sentence for the client. */
      message: string;
      locations?: readonly SourceLocation[] | undefined;
    };

/** Parses a document of a stranger and measures it, before anything that takes longer looks at it. */
export function parseWithin(source: string, limits: DocumentLimits): ParsedDocument {
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: limits.tokens });
  } catch (error) {
    // The parser recurses: what is nested deeper than the stack throws a RangeError.
    if (!(error instanceof GraphQLError))
      return { ok: false, code: 'OPERATION_TOO_COMPLEX', message: 'the document is nested too deeply' };
    const code = error.message.includes('tokens') ? 'OPERATION_TOO_COMPLEX' : 'GRAPHQL_PARSE_FAILED';
    return { ok: false, code, message: error.message, locations: error.locations };
  }
  const excess = findExcess(document, limits);
  return excess === null
    ? { ok: true, document }
    : { ok: false, code: 'OPERATION_TOO_COMPLEX', message: excess };
}

/** A selection set as it is executed: sets of one response name are one, fragments are in place. */
interface Merged {
  repeats: number;
  readonly fields: Map<string, Merged>;
}

/**
 * What of a document is beyond the limits: later steps expand fragments, or compare each field of a name with each.
 * Takes time linear in `limits.selections`, whatever the document.
 */
function findExcess(document: DocumentNode, limits: DocumentLimits): string | null {
  const fragments = fragmentsOf(document);
  const unused = new Set(fragments.values());
  const entered = new Set<string>();
  let selections = 0;
  let aliases = 0;

  const measure = (set: SelectionSetNode, into: Merged, depth: number, sets: number): string | null => {
    if (sets > SETS_PER_LEVEL * limits.depth) return 'the document is nested too deeply';
    for (const selection of set.selections) {
      selections += 1;
      if (selections > limits.selections)
        return `the document selects more than ${limits.selections} fields and fragments`;
      let problem: string | null = null;
      if (selection.kind === Kind.INLINE_FRAGMENT)
        problem = measure(selection.selectionSet, into, depth, sets + 1);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (!fragment) continue;
        if (entered.has(name)) return `the fragment "${name}" spreads itself`;
        unused.delete(fragment);
        entered.add(name);
        problem = measure(fragment.selectionSet, into, depth, sets + 1);
        entered.delete(name);
      } else {
        const name = selection.alias?.value ?? selection.name.value;
        if (name === '__proto__') return 'a field cannot be called "__proto__"';
        if (selection.alias) aliases += 1;
        if (aliases > limits.aliases) return `the operation has more than ${limits.aliases} aliases`;
        if (depth >= limits.depth) return `the operation is more than ${limits.depth} fields deep`;
        let field = into.fields.get(name);
        if (!field) {
          field = { repeats: 0, fields: new Map() };
          into.fields.set(name, field);
        }
        field.repeats += 1;
        if (field.repeats > MAX_REPEATS)
          return `"${name}" is selected more than ${MAX_REPEATS} times in one place`;
        if (selection.selectionSet) problem = measure(selection.selectionSet, field, depth + 1, sets + 1);
      }
      if (problem) return problem;
    }
    return null;
  };
  const measureAll = (set: SelectionSetNode): string | null => {
    aliases = 0;
    return measure(set, { repeats: 0, fields: new Map() }, 0, 1);
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const problem = measureAll(definition.selectionSet);
    if (problem) return problem;
  }
  // Validation reads those, too.
  for (const fragment of unused) {
    const problem = measureAll(fragment.selectionSet);
    if (problem) return problem;
  }
  return null;
}
