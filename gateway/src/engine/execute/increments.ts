import { isObject } from './merge.ts';

type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

/** A null that the schema carries up to where the client already has an object. */
export const CONFLICT = Symbol('null where something was delivered');
const NOTHING = Symbol('nothing new');

/** What of `fresh` a client does not have that was given `delivered`. Nothing is added below what it was given as null. */
export function newMembers(delivered: Json, fresh: Json): Json | typeof CONFLICT {
  const rest: Json = {};
  for (const key of Object.keys(fresh)) {
    const value = Object.hasOwn(delivered, key) ? newValue(delivered[key], fresh[key]) : fresh[key];
    if (value === CONFLICT) return CONFLICT;
    if (value !== NOTHING) rest[key] = value;
  }
  return rest;
}

function newValue(delivered: unknown, fresh: unknown): unknown {
  if (typeof delivered !== 'object' || delivered === null) return NOTHING;
  if (fresh === null) return CONFLICT;
  if (isObject(delivered)) {
    if (!isObject(fresh)) return NOTHING;
    const rest = newMembers(delivered, fresh);
    return rest !== CONFLICT && Object.keys(rest).length === 0 ? NOTHING : rest;
  }
  if (!Array.isArray(delivered) || !Array.isArray(fresh) || delivered.length !== fresh.length) return NOTHING;
  const items = fresh.map((item, index) => newValue(delivered[index], item));
  if (items.includes(CONFLICT)) return CONFLICT;
  if (items.every((item) => item === NOTHING)) return NOTHING;
  // Clients merge lists by position: what has nothing new keeps its place.
  return items.map((item, index) => (item === NOTHING ? placeholder(fresh[index], delivered[index]) : item));
}

function placeholder(fresh: unknown, delivered: unknown): unknown {
  if (delivered === null) return null;
  return isObject(fresh) ? {} : fresh;
}

/** The object at a path of what was delivered; null when there is none. */
export function objectAt(delivered: unknown, path: Path): Json | null {
  let value = delivered;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null;
    value = (value as Json)[part];
  }
  return isObject(value) ? value : null;
}

/** Whether a place is one the client was given a value for, or null above it. */
export function isCovered(delivered: unknown, path: Path): boolean {
  let value = delivered;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return true;
    if (!Object.hasOwn(value, part)) return false;
    value = (value as Json)[part];
  }
  return true;
}

export function startsWith(path: Path, start: Path): boolean {
  return path.length >= start.length && start.every((part, index) => part === path[index]);
}
