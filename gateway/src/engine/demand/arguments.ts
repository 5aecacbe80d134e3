import {
  type FieldNode,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  valueFromAST,
} from 'graphql';
import type { Costs } from '../../graph/costs.ts';
import type { FieldRule } from './rules.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** The cost of the arguments a field is given; null where it never has any. */
export function argumentCost(
  node: FieldNode,
  rule: FieldRule,
  costs: Costs,
): ((variables: Variables) => number) | null {
  const priced = (node.arguments ?? []).flatMap(({ name, value }) => {
    const argument = rule.arguments.get(name.value);
    if (!argument || isFree(argument.definition.type, argument.weight, costs)) return [];
    return [{ type: argument.definition.type, weight: argument.weight, value }];
  });
  if (priced.length === 0) return null;
  return (variables) => {
    let total = 0;
    for (const { type, weight, value } of priced)
      total += valueCost(valueFromAST(value, type, variables), type, weight, costs);
    return total;
  };
}

/** The value an argument has: as given, by a variable, or by default; undefined when it has none. */
export function argumentValue(node: FieldNode, rule: FieldRule, name: string, variables: Variables): unknown {
  const argument = rule.arguments.get(name)?.definition;
  if (!argument) return undefined;
  const given = node.arguments?.find((one) => one.name.value === name);
  const value = given && valueFromAST(given.value, argument.type, variables);
  return value === undefined ? argument.defaultValue : value;
}

function isFree(type: GraphQLInputType, weight: number | undefined, { weights }: Costs): boolean {
  const named = getNamedType(type);
  return weight === undefined && !isInputObjectType(named) && !weights.has(named.name);
}

/** An input object costs one unless it has a weight, a leaf nothing, and each its own weight in a list. */
function valueCost(value: unknown, type: GraphQLInputType, weight: number | undefined, costs: Costs): number {
  if (value === null || value === undefined) return 0;
  if (isNonNullType(type)) return valueCost(value, type.ofType, weight, costs);
  if (isListType(type)) {
    let total = weight ?? 0;
    for (const item of value as readonly unknown[]) total += valueCost(item, type.ofType, weight, costs);
    return total;
  }
  if (!isInputObjectType(type)) return weight ?? costs.weights.get(type.name) ?? 0;
  let total = weight ?? 1;
  for (const field of Object.values(type.getFields())) {
    const member = (value as Record<string, unknown>)[field.name];
    total += valueCost(member, field.type, costs.weights.get(`${type.name}.${field.name}`), costs);
  }
  return total;
}
