import type { SelectionNode } from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';
import { MAX_DENIALS } from '../../limits.ts';
import { unauthorized } from '../authorization/denials.ts';
import type { MemberShape, ObjectShape, ValueShape } from '../plan/shape.ts';

type Json = Record<string, unknown>;

export interface Completion {
  data: Json | null;
  /** Values the subgraphs gave that the schema does not allow. */
  problems: ClientError[];
  /** Errors of what the client may not see. */
  denials: ClientError[];
}

/** A deferred part met while an object was completed: what it is to be completed from, and its place. */
export interface FoundPart {
  label: string;
  part: ObjectShape;
  whole: ObjectShape;
  value: Json;
  typename: string | undefined;
  path: readonly (string | number)[];
}

/** Thrown past the members of an object that a null in a non-null place makes null. */
const BUBBLE = Symbol('null bubbles up');

/**
 * Cuts the merged answers of the subgraphs to what the client selected: members in order, leaves checked,
 * nulls carried up to the nearest nullable place (GraphQL specification, 6.4.4).
 *
 * `introspect` answers `__schema` and `__type` by response name.
 */
export function completeResponse(
  shape: ObjectShape,
  merged: Json,
  introspect: (key: string, selections: readonly SelectionNode[]) => unknown,
  found: FoundPart[] = [],
): Completion {
  // The root is of the operation's type, whatever a subgraph calls its own.
  return completeAt({ path: [], value: merged, typename: undefined }, shape, introspect, found);
}

/** Completes an object that is at `path` of the response. */
export function completeAt(
  { path, value, typename }: Pick<FoundPart, 'path' | 'value' | 'typename'>,
  shape: ObjectShape,
  introspect: (key: string, selections: readonly SelectionNode[]) => unknown,
  found: FoundPart[],
): Completion {
  const run: Run = { problems: [], denials: [], path: [...path], introspect, found };
  const data = completeObject(run, shape, value, typename);
  return {
    data: data === BUBBLE ? null : (data as Json | null),
    problems: run.problems,
    denials: run.denials,
  };
}

interface Run {
  problems: ClientError[];
  denials: ClientError[];
  path: (string | number)[];
  introspect: (key: string, selections: readonly SelectionNode[]) => unknown;
  found: FoundPart[];
}

function typenameOf(value: Json): string | undefined {
  const name = value.__typename;
  return typeof name === 'string' ? name : undefined;
}

function completeObject(run: Run, shape: ObjectShape, value: Json, typename: string | undefined): unknown {
  const members = shape.members(typename);
  if (members === null) return null;
  const output: Json = {};
  for (let index = 0; index < members.length; index++) {
    const member = members[index]!;
    const { key, from } = member;
    const given = member.inherited && !Object.hasOwn(value, from) ? undefined : value[from];
    if (member.kind === 'value') {
      const type = member.value;
      if (type.kind === 'leaf' && given != null && type.valid(given)) {
        output[key] = given;
        continue;
      }
      run.path.push(key);
      const completed = completeValue(run, type, given ?? null, member, null);
      run.path.pop();
      if (completed === BUBBLE) return BUBBLE;
      output[key] = completed;
    } else if (member.kind === 'typename') {
      const name = member.resolve(given, typename);
      if (name === null) {
        run.problems.push(problem(`Invalid __typename found for object of type ${member.parent}.`, run.path));
        return BUBBLE;
      }
      output[key] = name;
    } else if (member.kind === 'denied') {
      for (const place of member.places)
        if (run.denials.length < MAX_DENIALS) run.denials.push(unauthorized([...run.path, key, ...place]));
      if (member.nonNull) return BUBBLE;
      output[key] = null;
    } else if (member.kind === 'deferred') {
      const { label, part, whole } = member;
      run.found.push({ label, part, whole, value, typename, path: [...run.path] });
    } else {
      output[key] = run.introspect(key, member.selections);
    }
  }
  return output;
}

/** Completes a value in a place that may be non-null: gives {@link BUBBLE} when null is not allowed there. */
function completeValue(
  run: Run,
  type: ValueShape,
  value: unknown,
  member: MemberShape,
  index: number | null,
): unknown {
  const before = run.problems.length;
  const completed = value === null ? null : completeNullable(run, type, value, member, index);
  const isNull = completed === null || completed === BUBBLE;
  if (!isNull || !type.nonNull) return isNull ? null : completed;
  if (completed === null && run.problems.length === before)
    run.problems.push(
      problem(`Cannot return null for non-nullable ${describe(type, member, index)}.`, run.path),
    );
  return BUBBLE;
}

function completeNullable(
  run: Run,
  type: ValueShape,
  value: unknown,
  member: MemberShape,
  index: number | null,
): unknown {
  if (type.kind === 'leaf') {
    if (type.valid(value)) return value;
    run.problems.push(problem(`Invalid value found for ${describe(type, member, index)}.`, run.path));
    return null;
  }
  if (type.kind === 'list') {
    if (Array.isArray(value)) return completeList(run, type.of, value, member);
    run.problems.push(
      problem(`Invalid non-list value found for ${describe(type, member, index)}.`, run.path),
    );
    return null;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    run.problems.push(
      problem(`Invalid non-object value found for ${describe(type, member, index)}.`, run.path),
    );
    return null;
  }
  const typename = typenameOf(value as Json);
  const completed = completeObject(run, type.object, value as Json, typename);
  if (completed === null)
    run.problems.push(
      problem(`Invalid __typename found for object at ${describe(type, member, index)}.`, run.path),
    );
  return completed;
}

function completeList(run: Run, of: ValueShape, values: readonly unknown[], member: MemberShape): unknown {
  const output: unknown[] = new Array(values.length);
  let bubbles = false;
  for (let index = 0; index < values.length; index++) {
    run.path.push(index);
    const completed = completeValue(run, of, values[index] ?? null, member, index);
    run.path.pop();
    // The rest is completed all the same, so that every problem is reported.
    if (completed === BUBBLE) bubbles = true;
    output[index] = completed;
  }
  return bubbles ? BUBBLE : output;
}

function describe(type: ValueShape, member: MemberShape, index: number | null): string {
  return index === null
    ? `field ${member.parent}.${member.key}`
    : `array element of type ${type.typeName} at index ${index}`;
}

function problem(message: string, path: readonly (string | number)[]): ClientError {
  return clientError('INVALID_GRAPHQL', message, { path: [...path] });
}
