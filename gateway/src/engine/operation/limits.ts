import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';

/** What a document may be at most; see {@link checkLimits}. */
export interface DocumentLimits {
  /** Lexical tokens; checked while parsing. */
  tokens: number;
  /** Fields inside fields, fragments included. */
  depth: number;
  /** Aliases, each counted as often as its fragment is spread. */
  aliases: number;
}

/** Fields of one document once its fragments are spread out: a fragment bomb has billions. */
const MAX_FIELDS = 5_000;
/** Times one response name may stand in one selection set: validation compares each with each. */
const MAX_REPEATS = 50;

interface Measure {
  depth: number;
  aliases: number;
  fields: number;
}

/**
 * Measures a parsed document before anything else looks at it, in time linear in its length: later steps expand
 * fragments or compare fields pairwise. Returns null when it is within limits.
 */
export function checkLimits(document: DocumentNode, limits: DocumentLimits): ClientError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Measure | 'measuring'>();
  let problem: ClientError | null = null;

  const measureFragment = (name: string): Measure => {
    const known = measured.get(name);
    const fragment = fragments.get(name);
    if (known === 'measuring') problem ??= refusal(`the fragment "${name}" spreads itself`);
    if (known === 'measuring' || !fragment) return { depth: 0, aliases: 0, fields: 0 };
    if (known) return known;
    measured.set(name, 'measuring');
    const measure = measureSelections(fragment.selectionSet);
    measured.set(name, measure);
    return measure;
  };
  const measureSelections = (set: SelectionSetNode): Measure => {
    const total: Measure = { depth: 0, aliases: 0, fields: 0 };
    const names = new Map<string, number>();
    for (const selection of set.selections) {
      let inner: Measure;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        if (name === '__proto__') problem ??= refusal('a field cannot be called "__proto__"');
        const repeats = (names.get(name) ?? 0) + 1;
        names.set(name, repeats);
        if (repeats > MAX_REPEATS)
          problem ??= refusal(`"${name}" is selected more than ${MAX_REPEATS} times in one place`);
        inner = selection.selectionSet
          ? measureSelections(selection.selectionSet)
          : { depth: 0, aliases: 0, fields: 0 };
        inner = {
          depth: inner.depth + 1,
          fields: inner.fields + 1,
          aliases: inner.aliases + (selection.alias ? 1 : 0),
        };
      } else {
        inner =
          selection.kind === Kind.FRAGMENT_SPREAD
            ? measureFragment(selection.name.value)
            : measureSelections(selection.selectionSet);
      }
      total.depth = Math.max(total.depth, inner.depth);
      total.aliases += inner.aliases;
      total.fields += inner.fields;
    }
    return total;
  };

  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) measureFragment(definition.name.value);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases, fields } = measureSelections(definition.selectionSet);
    if (depth > limits.depth)
      problem ??= refusal(`the operation is ${depth} fields deep; at most ${limits.depth} are served`);
    if (aliases > limits.aliases)
      problem ??= refusal(`the operation has ${aliases} aliases; at most ${limits.aliases} are served`);
    if (fields > MAX_FIELDS)
      problem ??= refusal(`the operation selects ${fields} fields; at most ${MAX_FIELDS} are served`);
  }
  return problem;
}

function refusal(message: string): ClientError {
  return clientError('OPERATION_TOO_COMPLEX', message);
}
