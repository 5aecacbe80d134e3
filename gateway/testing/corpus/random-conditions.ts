import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { createRandom } from './random-operations.ts';
import type { CorpusOperation } from './supergraph.ts';

/** What {@link withRandomConditions} selects where conditions leave nothing, for there to be something to ask for. */
export const PLACEHOLDER = 'nothingIsLeft';

const VARIABLES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/**
 * An operation with `@skip` and `@include` in random places, by literals and variables of random values, and the same
 * operation without what these leave out. Its own conditions and variables are gone from both.
 */
export function withRandomConditions(
  query: string,
  seed: number,
): { conditional: CorpusOperation; plain: CorpusOperation } {
  const random = createRandom(seed);
  const chance = (probability: number) => random() < probability;
  const values = new Map(VARIABLES.map((name) => [name, chance(0.5)]));
  const used = new Set<string>();
  const condition = (): { directive: DirectiveNode; included: boolean } => {
    const name = chance(0.5) ? 'skip' : 'include';
    const variable = chance(0.7) ? VARIABLES[Math.floor(random() * VARIABLES.length)]! : null;
    const value = variable === null ? chance(0.5) : values.get(variable)!;
    if (variable !== null) used.add(variable);
    const [directive] = fieldOf(`x @${name}(if: ${variable === null ? value : `$${variable}`})`).directives!;
    return { directive: directive!, included: value === (name === 'include') };
  };
  const selected = (set: SelectionSetNode): { conditional: SelectionSetNode; plain: SelectionSetNode } => {
    const pairs = set.selections.map((selection) => {
      const given = [condition, condition].flatMap((make) => (chance(0.2) ? [make()] : []));
      // A directive stands once at a place.
      const placed = given.filter(
        ({ directive }, index) =>
          given.findIndex((other) => other.directive.name.value === directive.name.value) === index,
      );
      const inner = 'selectionSet' in selection && selection.selectionSet && selected(selection.selectionSet);
      const withSet = (of: 'conditional' | 'plain', directives: DirectiveNode[]) =>
        ({ ...selection, directives, ...(inner && { selectionSet: inner[of] }) }) as SelectionNode;
      return {
        conditional: withSet(
          'conditional',
          placed.map(({ directive }) => directive),
        ),
        plain: placed.every(({ included }) => included) ? [withSet('plain', [])] : [],
      };
    });
    const left = pairs.flatMap(({ plain }) => plain);
    return {
      conditional: { ...set, selections: pairs.map(({ conditional }) => conditional) },
      plain: { ...set, selections: left.length > 0 ? left : [fieldOf(`${PLACEHOLDER}: __typename`)] },
    };
  };
  const definitions = parse(query, { noLocation: true }).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION
      ? [{ definition, ...selected(definition.selectionSet) }]
      : [],
  );
  const documentOf = (of: 'conditional' | 'plain', variables: readonly VariableDefinitionNode[]) => ({
    kind: Kind.DOCUMENT as const,
    definitions: definitions.map((one) => ({
      ...one.definition,
      selectionSet: one[of],
      ...(one.definition.kind === Kind.OPERATION_DEFINITION && { variableDefinitions: variables }),
    })),
  });
  const needed = [...used].filter((name) => values.has(name));
  const declared = needed.length > 0 ? `(${needed.map((name) => `$${name}: Boolean!`).join(' ')})` : '';
  const { variableDefinitions = [] } = operationOf(`query ${declared} { x }`);
  return {
    conditional: {
      query: print(documentOf('conditional', variableDefinitions)),
      variables: Object.fromEntries(needed.map((name) => [name, values.get(name)!])),
    },
    plain: { query: print(withoutUnusedFragments(documentOf('plain', []))) },
  };
}

function fieldOf(text: string): SelectionNode {
  return operationOf(`{ ${text} }`).selectionSet.selections[0]!;
}

function operationOf(text: string): OperationDefinitionNode {
  const [operation] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return operation;
}

function withoutUnusedFragments(document: DocumentNode): DocumentNode {
  for (let current = document; ; ) {
    const spread = new Set<string>();
    visit(current, { FragmentSpread: ({ name }) => void spread.add(name.value) });
    const definitions = current.definitions.filter(
      (definition) => definition.kind !== Kind.FRAGMENT_DEFINITION || spread.has(definition.name.value),
    );
    if (definitions.length === current.definitions.length) return current;
    current = { ...current, definitions };
  }
}
