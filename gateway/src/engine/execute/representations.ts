import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { isObject, mergeInto } from './merge.ts';
import { applyRewrites, isOfType } from './rewrites.ts';

type Json = Record<string, unknown>;

/** What one `_entities` request asks for: each distinct representation once. */
export interface Representations {
  /** Representations as JSON, in the order first met. */
  readonly texts: string[];
  /** For each representation, the positions (in the list given) of the entities it stands for. */
  readonly positions: number[][];
}

/**
 * Builds the representations of entities that have all a subgraph requires; the others are left out. Entities with
 * equal representations share one, unless rewrites depend on their type.
 */
export function buildRepresentations(
  schema: GraphQLSchema,
  entities: readonly Json[],
  requires: readonly QueryPlanSelectionNode[],
  rewrites: { input: readonly FetchDataRewrite[] | undefined; byType: boolean },
): Representations {
  const texts: string[] = [];
  const positions: number[][] = [];
  const known = new Map<string, number[]>();
  for (let position = 0; position < entities.length; position++) {
    const entity = entities[position]!;
    const representation = select(schema, entity, requires);
    if (representation === null || typeof representation.__typename !== 'string') continue;
    if (rewrites.input) applyRewrites(schema, rewrites.input, representation);
    const text = JSON.stringify(representation);
    const key = rewrites.byType ? `${String(entity.__typename)} ${text}` : text;
    const sharing = known.get(key);
    if (sharing) sharing.push(position);
    else {
      const first = [position];
      known.set(key, first);
      texts.push(text);
      positions.push(first);
    }
  }
  return { texts, positions };
}

/** The selected part of a value: of an object, or of each in lists of any depth. */
function selectEach(
  schema: GraphQLSchema,
  value: unknown,
  selections: readonly QueryPlanSelectionNode[],
): unknown {
  if (Array.isArray(value)) return value.map((element) => selectEach(schema, element, selections));
  return isObject(value) ? select(schema, value, selections) : null;
}

/** The selected part of an object, or null when a member it needs is not there. */
function select(
  schema: GraphQLSchema,
  source: Json,
  selections: readonly QueryPlanSelectionNode[],
): Json | null {
  const result: Json = {};
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const key = selection.alias ?? selection.name;
      const value = Object.hasOwn(source, key) ? source[key] : undefined;
      if (value === undefined) return null;
      const inner = selection.selections;
      result[key] = inner === undefined ? value : selectEach(schema, value, inner);
    } else if (selection.typeCondition !== undefined && isOfType(schema, source, selection.typeCondition)) {
      mergeInto(result, select(schema, source, selection.selections));
    }
  }
  return result;
}
