import {
  type FieldSelection,
  isListType,
  isNonNullType,
  type Selection,
  type SelectionSet,
  type Type,
} from '@apollo/federation-internals';
import { type ClientError, clientError } from '../../errors.ts';
import { coordinateOf } from './restrictions.ts';

/** What is not answered, and how its places are called and found. */
export interface Denials {
  readonly denied: ReadonlySet<string>;
  isSkipped(selection: Selection): boolean;
  nameOf(responseName: string): string;
}

type Path = readonly string[];

/**
 * Where the fields are that make a member of an answer null, as seen from that member; null when it is not. A member is null
 * when it is denied in any of the places it is selected in, and when nothing that is selected inside is left. What is within a
 * list has no place of its own then, and the list stands for it.
 */
export function denialsOf(denials: Denials, occurrences: readonly FieldSelection[]): readonly Path[] | null {
  const { denied } = denials;
  if (occurrences.some((one) => denied.has(coordinateOf(one)))) return [[]];
  const inside = occurrences.flatMap(({ selectionSet }) => selectionSet ?? []);
  if (inside.length === 0 || inside.some((set) => isSomeLeft(denied, set))) return null;
  if (isList(occurrences[0]!)) return [[]];
  const paths = distinct(inside.flatMap((set) => pathsIn(denials, set)));
  return paths.length > 0 ? paths : [[]];
}

/** The places of everything denied in an operation. */
export function deniedPaths(denials: Denials, set: SelectionSet): readonly Path[] {
  return distinct(pathsIn(denials, set));
}

export function unauthorized(path: readonly (string | number)[]): ClientError {
  return clientError('UNAUTHORIZED_FIELD_OR_TYPE', 'Unauthorized field or type', { path });
}

/** Whatever the variables are, as for what is planned. */
function isSomeLeft(denied: ReadonlySet<string>, set: SelectionSet): boolean {
  return set.selections().some((selection) => {
    if (selection.kind === 'FieldSelection' && denied.has(coordinateOf(selection))) return false;
    return selection.selectionSet === undefined || isSomeLeft(denied, selection.selectionSet);
  });
}

function pathsIn(denials: Denials, set: SelectionSet): Path[] {
  return set.selections().flatMap((selection): Path[] => {
    if (denials.isSkipped(selection)) return [];
    if (selection.kind !== 'FieldSelection') return pathsIn(denials, selection.selectionSet);
    const name = denials.nameOf(selection.element.responseName());
    if (denials.denied.has(coordinateOf(selection))) return [[name]];
    if (!selection.selectionSet) return [];
    const inside = pathsIn(denials, selection.selectionSet);
    if (inside.length > 0 && isList(selection)) return [[name]];
    return inside.map((path) => [name, ...path]);
  });
}

function isList({ element }: FieldSelection): boolean {
  const type = element.definition.type as Type;
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function distinct(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [path.join('/'), path])).values()];
}
