import { isDeepStrictEqual } from 'node:util';
import { type Difference, differences } from './inclusion.ts';
import { type JsonSchema, promisedSchema, writtenSchema } from './schema.ts';

/**
 * Why `current` cannot be in use beside `released`, as during an upgrade and with events that are stored already: one line
 * for each reason, none when it can. Both are documents of docs/events/schemas.
 */
export function incompatibilities(released: JsonSchema, current: JsonSchema): string[] {
  const said = (what: string) => (difference: Difference) =>
    `${difference.path || 'the value'}: ${difference.reason} (${what})`;
  const problems = new Set([
    ...changedIdentity(released, current),
    ...removedFields(released, current).map((path) => `${path}: the field was removed; names only grow`),
    ...changedDefaults(released, current),
    ...differences(writtenSchema(current), released).map(
      said('a consumer of then refuses what is written now'),
    ),
    ...differences(released, current).map(said('what was read then is refused now')),
  ]);
  const promised = differences(writtenSchema(current), promisedSchema(released));
  const known = new Set([...problems].map((problem) => problem.slice(0, problem.lastIndexOf(' ('))));
  for (const difference of promised) {
    const problem = said('consumers rely on what was always written')(difference);
    if (!known.has(problem.slice(0, problem.lastIndexOf(' (')))) problems.add(problem);
  }
  return [...problems];
}

/** Headers are read by other programs, and each may be missing: only what is written counts. */
export function headerIncompatibilities(released: JsonSchema, current: JsonSchema): string[] {
  return differences(current, released).map(({ path, reason }) => `${path}: ${reason}`);
}

const IDENTITY = ['x-topic', 'x-key', 'x-part-of'];

function changedIdentity(released: JsonSchema, current: JsonSchema): string[] {
  const changed = IDENTITY.filter((name) => released[name] !== current[name]).map(
    (name) => `${name.slice(2)}: was ${JSON.stringify(released[name])}, is ${JSON.stringify(current[name])}`,
  );
  const variables = (current['x-renamed-by'] ?? []) as readonly string[];
  const gone = ((released['x-renamed-by'] ?? []) as readonly string[]).filter(
    (name) => !variables.includes(name),
  );
  return [...changed, ...gone.map((name) => `${name}: the variable no longer renames the topic`)];
}

function removedFields(released: JsonSchema, current: JsonSchema): string[] {
  const now = fieldsOf(current);
  return [...fieldsOf(released).keys()].filter((path) => !now.has(path));
}

function changedDefaults(released: JsonSchema, current: JsonSchema): string[] {
  const now = fieldsOf(current);
  return [...fieldsOf(released)].flatMap(([path, { default: then }]) => {
    const field = now.get(path);
    if (then === undefined || !field || isDeepStrictEqual(field.default, then)) return [];
    const given = field.default === undefined ? 'none' : JSON.stringify(field.default);
    return [`${path}: the default was ${JSON.stringify(then)}, is ${given}`];
  });
}

/** Every field of a schema by its path, those of all alternatives and elements together. */
function fieldsOf(
  schema: JsonSchema,
  path = '',
  found = new Map<string, JsonSchema>(),
): Map<string, JsonSchema> {
  for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    fieldsOf(part, path, found);
  if (schema.items) fieldsOf(schema.items, `${path}[]`, found);
  if (typeof schema.additionalProperties === 'object')
    fieldsOf(schema.additionalProperties, `${path}{}`, found);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`;
    found.set(at, field);
    fieldsOf(field, at, found);
  }
  return found;
}
