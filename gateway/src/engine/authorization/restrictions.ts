import { type FieldSelection, Operation, type SelectionSet } from '@apollo/federation-internals';
import type { Authorization } from '../../graph/authorization.ts';
import type { Requirement } from '../../graph/requirement.ts';

/** What of an operation needs authorization. */
export interface Restrictions {
  /** The restricted fields it selects, by their coordinates. */
  readonly fields: ReadonlyMap<string, readonly Requirement[]>;
  readonly requirements: ReadonlySet<Requirement>;
  /** The policies its requirements name. */
  readonly policies: readonly string[];
}

/** Null when nothing does. */
export function restrictionsOf(operation: Operation, authorization: Authorization): Restrictions | null {
  const fields = new Map<string, readonly Requirement[]>();
  const gather = (set: SelectionSet) => {
    for (const selection of set.selections()) {
      if (selection.kind === 'FieldSelection') {
        const coordinate = coordinateOf(selection);
        const required = authorization.get(coordinate);
        if (required) fields.set(coordinate, required);
      }
      if (selection.selectionSet) gather(selection.selectionSet);
    }
  };
  gather(writtenIn(operation));
  if (fields.size === 0) return null;
  const requirements = new Set([...fields.values()].flat());
  const policies = new Set<string>();
  for (const requirement of requirements)
    if (requirement.kind === 'policies') for (const name of requirement.anyOf.flat()) policies.add(name);
  return { fields, requirements, policies: [...policies] };
}

/** The operation without the denied fields, and without what is empty without them; null when nothing is left. */
export function withoutDenied(operation: Operation, denied: ReadonlySet<string>): Operation | null {
  const left = writtenIn(operation).filterRecursiveDepthFirst((selection) => {
    if (selection.kind === 'FieldSelection' && denied.has(coordinateOf(selection))) return false;
    return selection.selectionSet?.isEmpty() !== true;
  });
  if (left.isEmpty()) return null;
  return new Operation(
    operation.schema(),
    operation.rootKind,
    left,
    operation.variableDefinitions,
    undefined,
    operation.name,
    operation.appliedDirectives,
  );
}

/**
 * What an operation selects, each field on the type it is written on. Every coordinate is taken from this: simplified first, a
 * field of an interface would be one of the object's here, and stay the interface's where a fragment has a directive.
 */
export function writtenIn(operation: Operation): SelectionSet {
  return operation.selectionSet.expandFragments();
}

/** A field by its name and that of the type it is selected on. */
export function coordinateOf({ element }: FieldSelection): string {
  return `${element.parentType.name}.${element.name}`;
}
