import { fragmentsOf } from '@giggityflix/graphql/fragments';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentCost, argumentValue, type Variables } from './arguments.ts';
import { leftOut } from './conditions.ts';
import type { FieldRule, Rules } from './rules.ts';

/** What an operation is expected to cost with some variables, or why that cannot be said. */
export type Estimate = { ok: true; cost: number } | { ok: false; message: string };

/** What any mutation costs, by itself. */
export const MUTATION_COST = 10;

interface Run {
  readonly variables: Variables;
  problem: string | null;
}

/** Lists of the object around, whose sizes its field says. */
interface Sized {
  readonly fields: ReadonlySet<string>;
  readonly size: number;
}

type Part = (run: Run, sized: Sized | null) => number;

/**
 * Compiles the estimate of a valid operation: every object costs its weight (one, unless `@cost` says otherwise) times the items
 * of the lists it is in, as their slicing arguments or `@listSize` say, or else `listSize`; to that come arguments with weights.
 * Fragments for different types all count.
 */
export function compileEstimate(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  rules: Rules,
  listSize: number,
): (variables: Variables) => Estimate {
  const { schema } = rules;
  const fragments = fragmentsOf(document);
  const ofFragments = new Map<string, Part | null>();

  const ofSelections = (set: SelectionSetNode, type: GraphQLNamedType): Part | null => {
    const parts = set.selections.flatMap((selection) => {
      const part =
        selection.kind === Kind.FIELD
          ? ofField(selection, type)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? ofSelections(selection.selectionSet, conditionOf(selection.typeCondition?.name.value, type))
            : ofFragment(selection.name.value);
      if (!part) return [];
      const isLeftOut = leftOut(selection.directives);
      return isLeftOut ? [unless(isLeftOut, part)] : [part];
    });
    if (parts.length === 0) return null;
    return (run, sized) => parts.reduce((total, part) => total + part(run, sized), 0);
  };
  const conditionOf = (name: string | undefined, around: GraphQLNamedType) =>
    (name !== undefined && schema.getType(name)) || around;
  const ofFragment = (name: string): Part | null => {
    const known = ofFragments.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name)!;
    const part = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)!);
    ofFragments.set(name, part);
    return part;
  };
  const ofField = (node: FieldNode, parent: GraphQLNamedType): Part | null => {
    const rule = rules.field(parent, node.name.value);
    if (!rule) return null;
    const { weight, definition } = rule;
    const inner = node.selectionSet ? ofSelections(node.selectionSet, getNamedType(definition.type)) : null;
    const ofArguments = argumentCost(node, rule, rules.costs);
    const isList = isListType(getNullableType(definition.type));
    const fields = new Set(rule.sizes.flatMap(({ sized }) => sized));
    if (weight === 0 && !inner && !ofArguments && rule.sizes.length === 0) return null;
    return (run, sized) => {
      const said = rule.sizes.length > 0 ? sizeOf(node, parent, rule, run) : null;
      const upstream = sized?.fields.has(definition.name) ? sized.size : null;
      const count = isList ? (upstream ?? said ?? listSize) : 1;
      const below = fields.size > 0 && said !== null ? { fields, size: said } : null;
      const items = count * (weight + (inner ? inner(run, below) : 0));
      return Math.max(0, items + (ofArguments ? ofArguments(run.variables) : 0));
    };
  };

  const root = ofSelections(operation.selectionSet, schema.getRootType(operation.operation)!);
  const base = operation.operation === 'mutation' ? MUTATION_COST : 0;
  return (variables) => {
    const run: Run = { variables, problem: null };
    const cost = base + (root ? root(run, null) : 0);
    return run.problem === null ? { ok: true, cost } : { ok: false, message: run.problem };
  };
}

function unless(isLeftOut: (variables: Variables) => boolean, part: Part): Part {
  return (run, sized) => (isLeftOut(run.variables) ? 0 : part(run, sized));
}

/** The number of items a field is asked for, or is said to have; null when nothing says. */
function sizeOf(node: FieldNode, parent: GraphQLNamedType, rule: FieldRule, run: Run): number | null {
  let largest: number | null = null;
  for (const { slicing, assumed, requireOne } of rule.sizes) {
    const asked = slicing.flatMap((name) => countOf(argumentValue(node, rule, name, run.variables)) ?? []);
    if (requireOne && slicing.length > 0 && asked.length !== 1)
      run.problem ??= `${parent.name}.${node.name.value} takes exactly one of these arguments: ${slicing.join(', ')}`;
    const size = asked.length > 0 ? Math.max(...asked) : assumed;
    if (size !== null) largest = Math.max(largest ?? 0, size);
  }
  return largest;
}

/** A number of items is never below zero, which would make the others cheaper. */
function countOf(value: unknown): number | null {
  return typeof value === 'number' ? Math.max(0, value) : null;
}
