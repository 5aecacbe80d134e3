type Json = Record<string, unknown>;

/**
 * Merges what a subgraph answered into what is there, member by member; lists of equal length element by element. The
 * null of one subgraph takes away nothing another one gave. Members of `source` may be taken over as they are, not copied.
 */
export function mergeInto(target: Json, source: Json | null | undefined): void {
  if (source === null || source === undefined) return;
  for (const key in source) {
    const value = source[key];
    if (value === undefined || key === '__proto__') continue;
    const present = Object.hasOwn(target, key) ? target[key] : undefined;
    target[key] = present === undefined || present === null ? value : mergeValues(present, value);
  }
}

/** What is to be in place of `present`, which is changed where it can be. */
function mergeValues(present: unknown, value: unknown): unknown {
  if (value === null || value === undefined) return present;
  if (typeof value !== 'object' || typeof present !== 'object' || present === null) return value;
  if (Array.isArray(value)) {
    if (!Array.isArray(present) || value.length !== present.length) return value;
    for (let index = 0; index < value.length; index++)
      present[index] = mergeValues(present[index], value[index]);
    return present;
  }
  // A number kept as raw JSON is such an object, and no object of the answer.
  if (Array.isArray(present) || Object.isFrozen(present) || Object.isFrozen(value)) return value;
  mergeInto(present as Json, value as Json);
  return present;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
