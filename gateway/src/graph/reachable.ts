import { type ASTNode, Kind, type TypeDefinitionNode, type TypeNode } from 'graphql';

/** Types, fields, arguments and values that clients do not see. */
export type Hidden = Set<ASTNode>;

const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** Adds the types that nothing visible leads to from the roots. */
export function hideUnreachable(types: readonly TypeDefinitionNode[], hidden: Hidden): void {
  const byName = new Map(types.map((type) => [type.name.value, type]));
  const implementing = new Map<string, string[]>();
  for (const type of types)
    if ('interfaces' in type)
      for (const { name } of type.interfaces ?? [])
        implementing.set(name.value, [...(implementing.get(name.value) ?? []), type.name.value]);
  const reached = new Set<TypeDefinitionNode>();
  const waiting = [...ROOTS];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = byName.get(name);
    if (!type || reached.has(type) || hidden.has(type)) continue;
    reached.add(type);
    waiting.push(...namesIn(type, hidden), ...(implementing.get(name) ?? []));
  }
  for (const type of types) if (!reached.has(type)) hidden.add(type);
}

/** The types a type names where clients see it. */
function namesIn(type: TypeDefinitionNode, hidden: Hidden): string[] {
  if (type.kind === Kind.UNION_TYPE_DEFINITION) return (type.types ?? []).map(({ name }) => name.value);
  if (!('fields' in type)) return [];
  const names: string[] = [];
  for (const field of type.fields ?? []) {
    if (hidden.has(field)) continue;
    names.push(named(field.type));
    if ('arguments' in field)
      for (const argument of field.arguments ?? [])
        if (!hidden.has(argument)) names.push(named(argument.type));
  }
  if ('interfaces' in type) names.push(...(type.interfaces ?? []).map(({ name }) => name.value));
  return names;
}

function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);
}
