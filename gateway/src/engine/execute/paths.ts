type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

/**
 * The objects a plan's path leads to from `value`, and where they are. `@` steps into each element of a list. The
 * path of objects met through several lists is only worked out when asked for, as only errors need it.
 */
export function entitiesAt(value: unknown, path: Path): Json[] {
  const found: Json[] = [];
  gather(value, path, 0, found);
  return found;
}

function gather(value: unknown, path: Path, depth: number, into: Json[]): void {
  if (value === null || value === undefined) return;
  if (depth === path.length) {
    if (Array.isArray(value)) for (const element of value) gather(element, path, depth, into);
    else if (typeof value === 'object') into.push(value as Json);
    return;
  }
  if (Array.isArray(value)) {
    const next = path[depth] === '@' ? depth + 1 : depth;
    for (let index = 0; index < value.length; index++) gather(value[index], path, next, into);
    return;
  }
  const step = path[depth] as string;
  if (typeof value === 'object' && step !== '@' && Object.hasOwn(value, step))
    gather((value as Json)[step], path, depth + 1, into);
}

/** The response paths of {@link entitiesAt}, in the same order. */
export function pathsOfEntitiesAt(value: unknown, path: Path): (string | number)[][] {
  const found: (string | number)[][] = [];
  trace(value, path, 0, [], found);
  return found;
}

function trace(
  value: unknown,
  path: Path,
  depth: number,
  at: (string | number)[],
  into: (string | number)[][],
): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    const next = depth < path.length && path[depth] === '@' ? depth + 1 : depth;
    for (let index = 0; index < value.length; index++) trace(value[index], path, next, [...at, index], into);
    return;
  }
  if (typeof value !== 'object') return;
  if (depth === path.length) {
    into.push(at);
    return;
  }
  const step = path[depth] as string;
  if (step !== '@' && Object.hasOwn(value, step))
    trace((value as Json)[step], path, depth + 1, [...at, step], into);
}
