type Json = Record<string, unknown>;

/**
 * Merges what a subgraph answered into what is there, member by member; lists of equal length element by element.
 * Members of `source` may be taken over as they are, not copied.
 */
export function mergeInto(target: Json, source: Json | null | undefined): void {
  if (source === null || source === undefined) return;
  for (const key in source) {
    const value = source[key];
    if (value === undefined || key === '__proto__') continue;
    const present = Object.hasOwn(target, key) ? target[key] : undefined;
    if (present && isObject(value) && typeof present === 'object') mergeInto(present as Json, value);
    else if (Array.isArray(value) && Array.isArray(present) && value.length === present.length)
      mergeLists(present, value);
    else target[key] = value;
  }
}

function mergeLists(target: unknown[], source: readonly unknown[]): void {
  for (let index = 0; index < source.length; index++) {
    const present = target[index];
    const value = source[index];
    if (isObject(present) && isObject(value)) mergeInto(present, value);
    else target[index] = value;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
