import type { Operation } from '@apollo/federation-internals';
import { LRUCache } from 'lru-cache';
import { type Conditions, compileShape, type ObjectShape } from '../plan/shape.ts';

/** Combinations of conditions whose shapes are kept per operation. */
const MAX_SHAPES = 32;

/** The shapes of an operation's answer, by the values of its conditions. */
export function shapesOf(
  operation: Operation,
  options: {
    denied: ReadonlySet<string> | null;
    nameOf(responseName: string): string;
    conditionVariables: readonly string[];
    defers?: boolean;
  },
): (conditions: Conditions) => ObjectShape {
  const shapes = new LRUCache<string, ObjectShape>({ max: MAX_SHAPES });
  return (conditions) => {
    const key = valuesOf(options.conditionVariables, conditions);
    const known = shapes.get(key);
    if (known) return known;
    const shape = compileShape(operation, { ...options, conditions });
    shapes.set(key, shape);
    return shape;
  };
}

/** The values of variables as a key. */
export function valuesOf(variables: readonly string[], conditions: Conditions): string {
  let values = '';
  for (const name of variables) values += conditions.get(name) ? '1' : '0';
  return values;
}
