import { fragmentsOf } from '@giggityflix/graphql/fragments';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentCost, type Variables } from './arguments.ts';
import { leftOut } from './conditions.ts';
import { MUTATION_COST } from './estimate.ts';
import type { Rules } from './rules.ts';

/** The fields that give one member of an object, and what they select in it. */
interface Member {
  weight: number;
  arguments: number;
  readonly selected: { set: SelectionSetNode; type: GraphQLNamedType }[];
  /** Members of what it gives, once they are needed. */
  inner?: ReadonlyMap<string, Member>;
}

/** Counts what an answer has cost: the weight of everything that is in it, and of the arguments that were given for it. */
export function actualCost(
  operation: { document: DocumentNode; definition: OperationDefinitionNode; rules: Rules },
  variables: Variables,
  data: Readonly<Record<string, unknown>> | null,
): number {
  const { document, definition, rules } = operation;
  const { schema } = rules;
  const fragments = fragmentsOf(document);

  const addField = (node: FieldNode, type: GraphQLNamedType, into: Map<string, Member>) => {
    const rule = rules.field(type, node.name.value);
    if (!rule) return;
    const key = node.alias?.value ?? node.name.value;
    const given = argumentCost(node, rule, rules.costs)?.(variables) ?? 0;
    const member = into.get(key) ?? { weight: rule.weight, arguments: given, selected: [] };
    // Which of several types an object is of may not be in the answer.
    member.weight = Math.max(member.weight, rule.weight);
    member.arguments = Math.max(member.arguments, given);
    if (node.selectionSet)
      member.selected.push({ set: node.selectionSet, type: getNamedType(rule.definition.type) });
    into.set(key, member);
  };
  const collect = (set: SelectionSetNode, type: GraphQLNamedType, into: Map<string, Member>) => {
    for (const selection of set.selections) {
      if (leftOut(selection.directives)?.(variables)) continue;
      if (selection.kind === Kind.FIELD) addField(selection, type, into);
      else {
        const inside =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)!;
        const name = inside.typeCondition?.name.value;
        collect(inside.selectionSet, (name !== undefined && schema.getType(name)) || type, into);
      }
    }
    return into;
  };
  const innerOf = (member: Member) => {
    member.inner ??= member.selected.reduce(
      (into, { set, type }) => collect(set, type, into),
      new Map<string, Member>(),
    );
    return member.inner;
  };
  const ofObject = (value: object, members: ReadonlyMap<string, Member>): number => {
    let total = 0;
    for (const [key, member] of members)
      if (Object.hasOwn(value, key))
        total += Math.max(0, ofValue((value as Record<string, unknown>)[key], member) + member.arguments);
    return total;
  };
  const ofValue = (value: unknown, member: Member): number => {
    if (value === null || value === undefined) return 0;
    if (Array.isArray(value)) return value.reduce<number>((total, item) => total + ofValue(item, member), 0);
    // A custom scalar may be an object, too.
    if (typeof value !== 'object' || member.selected.length === 0) return member.weight;
    return member.weight + ofObject(value, innerOf(member));
  };

  const base = definition.operation === 'mutation' ? MUTATION_COST : 0;
  if (data === null) return base;
  const root = collect(definition.selectionSet, schema.getRootType(definition.operation)!, new Map());
  return base + ofObject(data, root);
}
