import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './fragments.ts';

/**
 * How much an operation may make the subgraphs do: every object it selects costs one, times the number of items its
 * lists are asked for. A deferred fragment costs one, too, in each place it is in. The number depends on variables, hence a function.
 */
export type Cost = (variables: Readonly<Record<string, unknown>>) => number;

/** Arguments that say how many items a field gives: by number, or by naming each. */
const COUNT_ARGUMENTS = new Set(['first', 'last', 'limit', 'count']);
const LIST_ARGUMENTS = new Set(['ids', 'catalogIds', 'representations']);

const free: Cost = () => 0;

/** Compiles the cost of an operation. Fragments must not spread themselves. */
export function compileCost(document: DocumentNode, operation: OperationDefinitionNode): Cost {
  const fragments = fragmentsOf(document);
  const ofFragment = new Map<string, Cost>();

  const ofSelections = (set: SelectionSetNode): Cost => {
    const parts: Cost[] = [];
    let fixed = 0;
    const add = (cost: Cost | number) => {
      if (typeof cost === 'number') fixed += cost;
      else if (cost !== free) parts.push(cost);
    };
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.selectionSet) add(ofField(selection, ofSelections(selection.selectionSet)));
        continue;
      }
      if (selection.directives?.some(({ name }) => name.value === 'defer')) add(1);
      add(
        selection.kind === Kind.INLINE_FRAGMENT
          ? ofSelections(selection.selectionSet)
          : ofSpread(selection.name.value),
      );
    }
    if (parts.length === 0) return fixed === 0 ? free : () => fixed;
    return (variables) => parts.reduce((total, part) => total + part(variables), fixed);
  };
  const ofSpread = (name: string): Cost => {
    const known = ofFragment.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    const cost = fragment ? ofSelections(fragment.selectionSet) : free;
    ofFragment.set(name, cost);
    return cost;
  };
  return ofSelections(operation.selectionSet);
}

function ofField(field: FieldNode, inner: Cost): Cost {
  const items = field.arguments?.find(
    ({ name }) => COUNT_ARGUMENTS.has(name.value) || LIST_ARGUMENTS.has(name.value),
  );
  if (!items) {
    if (inner === free) return () => 1;
    return (variables) => 1 + inner(variables);
  }
  return (variables) => 1 + countOf(items, variables) * Math.max(1, inner(variables));
}

function countOf({ value }: ArgumentNode, variables: Readonly<Record<string, unknown>>): number {
  if (value.kind === Kind.INT) return Math.max(1, Number(value.value));
  if (value.kind === Kind.LIST) return value.values.length;
  if (value.kind !== Kind.VARIABLE) return 1;
  const given = variables[value.name.value];
  if (Array.isArray(given)) return given.length;
  return typeof given === 'number' && given > 0 ? given : 1;
}
