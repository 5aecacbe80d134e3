import {
  type DocumentNode,
  isCompositeType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';

/** Why a valid document is refused that selects fields which need one field with different arguments; null if none. */
export function conflictOf(document: DocumentNode, graph: Graph): ClientError | null {
  const { requirements, schema } = graph;
  if (requirements.size === 0) return null;
  const types = new TypeInfo(schema);
  const needed = new Map<string, { field: string; given: string }>();
  let conflict: ClientError | null = null;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType();
        if (!isCompositeType(parent)) return;
        const possible = isObjectType(parent) ? [parent] : schema.getPossibleTypes(parent);
        for (const type of possible)
          for (const [path, given] of requirements.get(type.name)?.get(name.value) ?? []) {
            const field = `${type.name}.${name.value}`;
            const key = `${type.name}${path}`;
            const other = needed.get(key);
            if (!other) needed.set(key, { field, given });
            else if (other.given !== given)
              conflict ??= clientError(
                'GRAPHQL_VALIDATION_FAILED',
                `${other.field} and ${field} cannot be asked for in one operation: they are computed from the same field with different arguments`,
              );
          }
      },
    }),
  );
  return conflict;
}
