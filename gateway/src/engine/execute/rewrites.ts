import type { FetchDataRewrite } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

type Json = Record<string, unknown>;

const CONDITION = '... on ';

/**
 * Applies a plan's rewrites to a value in place: what `@interfaceObject` and conflicting aliases need between the
 * names a subgraph uses and those of the supergraph.
 */
export function applyRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
  value: unknown,
): void {
  for (const rewrite of rewrites ?? []) {
    const last = rewrite.path.at(-1);
    if (last === undefined) continue;
    atPath(schema, rewrite.path.slice(0, -1), value, (object) => {
      if (rewrite.kind === 'ValueSetter') object[last] = rewrite.setValueTo;
      else rename(object, last, rewrite.renameKeyTo);
    });
  }
}

function rename(object: Json, from: string, to: string): void {
  const value = Object.hasOwn(object, from) ? object[from] : undefined;
  if (value === undefined) return;
  object[from] = undefined;
  if (value !== null || object[to] === undefined) object[to] = value;
}

function atPath(
  schema: GraphQLSchema,
  path: readonly string[],
  value: unknown,
  apply: (object: Json) => void,
): void {
  if (Array.isArray(value)) {
    for (const element of value) atPath(schema, path, element, apply);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const object = value as Json;
  const [first, ...rest] = path;
  if (first === undefined) apply(object);
  else if (!first.startsWith(CONDITION))
    atPath(schema, rest, Object.hasOwn(object, first) ? object[first] : undefined, apply);
  else if (object.__typename === undefined || isOfType(schema, object, first.slice(CONDITION.length)))
    atPath(schema, rest, object, apply);
}

/** Whether an object's `__typename` is `condition` or a type that belongs to it. */
export function isOfType(schema: GraphQLSchema, object: Json, condition: string): boolean {
  const name = object.__typename;
  if (typeof name !== 'string') return false;
  if (name === condition) return true;
  const type = schema.getType(name);
  const conditional = schema.getType(condition);
  if (!type || !conditional || !isAbstractType(conditional)) return false;
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditional, type);
}
