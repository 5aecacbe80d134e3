import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isAnnotation, type JsonSchema } from './schema.ts';

/** A reason why some value of one schema is not one of another. */
export interface Difference {
  /** Such as `signal.description.sdp`; empty for the whole value. */
  path: string;
  reason: string;
}

const ajv = new Ajv2020({ strict: false });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);

/**
 * Why values of `inner` may not be values of `outer`; nothing when all are. Fields that `outer` does not name count as
 * ignored. Never says that all are when some are not; of a keyword whose effect it does not know it says that it differs.
 */
export function differences(inner: JsonSchema, outer: JsonSchema, path = ''): Difference[] {
  const inside = alternatives(inner);
  const outside = alternatives(outer);
  return inside.flatMap((part) => {
    const refused = valuesOf(part)?.filter((value) => !ajv.validate(outer, value));
    if (refused)
      return refused.map((value) => ({ path, reason: `the value ${JSON.stringify(value)} is not allowed` }));
    const found = outside.map((candidate) => differencesOfOne(part, candidate, path));
    if (found.some((list) => list.length === 0)) return [];
    const closest = outside.findIndex((candidate) => isOfSameKind(part, candidate));
    return (
      found[closest] ?? [{ path, reason: `${named(part)} is not among ${outside.map(named).join(', ')}` }]
    );
  });
}

/** A union of the kind that zod writes, `oneOf` only where a property distinguishes the alternatives. */
function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const { type } = schema;
  if (Array.isArray(type)) return type.map((each: string) => ({ ...schema, type: each }));
  const { anyOf, oneOf, ...others } = schema;
  const union = anyOf ?? oneOf;
  return union && Object.keys(others).every(isAnnotation) ? union.flatMap(alternatives) : [schema];
}

/** The properties with one value, which distinguish an alternative. */
function constants({ properties = {} }: JsonSchema): string {
  return JSON.stringify(
    Object.entries(properties).flatMap(([name, { const: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

const typeOf = (schema: JsonSchema) => (schema.type === 'integer' ? 'number' : schema.type);
const isOfSameKind = (one: JsonSchema, other: JsonSchema) =>
  typeOf(one) === typeOf(other) && constants(one) === constants(other);

function named(schema: JsonSchema): string {
  const values = valuesOf(schema);
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  const which = constants(schema);
  return `${schema.type ?? 'anything'}${which === '[]' ? '' : ` with ${which}`}`;
}

function valuesOf({ const: only, enum: some }: JsonSchema): readonly unknown[] | undefined {
  return only === undefined ? some : [only];
}

function differencesOfOne(inner: JsonSchema, outer: JsonSchema, path: string): Difference[] {
  if (Object.keys(outer).every(isAnnotation)) return [];
  if (valuesOf(outer)) return [{ path, reason: `values other than ${named(outer)} are not allowed` }];
  if (outer.type === undefined && !isDeepStrictEqual(inner, outer))
    return [{ path, reason: 'a schema without a type cannot be compared' }];
  if (inner.type !== outer.type && !(inner.type === 'integer' && outer.type === 'number'))
    return [{ path, reason: `${inner.type ?? 'any type'} is not ${outer.type}` }];
  return [
    ...limits(inner, outer, path),
    ...patterns(inner, outer, path),
    ...elements(inner, outer, path),
    ...fields(inner, outer, path),
    ...others(inner, outer, path),
  ];
}

const AT_LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const AT_MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

function limits(inner: JsonSchema, outer: JsonSchema, path: string): Difference[] {
  const beyond = (keyword: string, isWithin: (a: number, b: number) => boolean): Difference[] => {
    const limit = outer[keyword] as number | undefined;
    const own = inner[keyword] as number | undefined;
    if (limit === undefined || (own !== undefined && isWithin(own, limit))) return [];
    // Lengths are not negative anyway.
    if (own === undefined && limit === 0 && keyword.startsWith('min') && keyword !== 'minimum') return [];
    return [{ path, reason: `${keyword} ${own ?? 'without limit'} is beyond ${limit}` }];
  };
  return [
    ...AT_LEAST.flatMap((keyword) => beyond(keyword, (own, limit) => own >= limit)),
    ...AT_MOST.flatMap((keyword) => beyond(keyword, (own, limit) => own <= limit)),
  ];
}

const patternsOf = ({ pattern, allOf = [] }: JsonSchema): string[] => [
  ...(pattern === undefined ? [] : [pattern]),
  ...allOf.flatMap(patternsOf),
];

function patterns(inner: JsonSchema, outer: JsonSchema, path: string): Difference[] {
  const own = patternsOf(inner);
  return patternsOf(outer)
    .filter((pattern) => !own.includes(pattern))
    .map((pattern) => ({ path, reason: `not all texts match ${pattern}` }));
}

function elements(inner: JsonSchema, outer: JsonSchema, path: string): Difference[] {
  return outer.items ? differences(inner.items ?? {}, outer.items, `${path}[]`) : [];
}

function fields(inner: JsonSchema, outer: JsonSchema, path: string): Difference[] {
  if (outer.type !== 'object') return [];
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const own = inner.properties ?? {};
  const known = outer.properties ?? {};
  const rest = schemaOf(inner.additionalProperties);
  const found: Difference[] = [];
  for (const name of outer.required ?? [])
    if (!inner.required?.includes(name)) found.push({ path: at(name), reason: 'it may be missing' });
  for (const [name, part] of Object.entries(known)) {
    const mine = own[name] ?? rest;
    if (mine) found.push(...differences(mine, part, at(name)));
  }
  if (outer.propertyNames)
    found.push(
      ...differences(inner.propertyNames ?? { type: 'string' }, outer.propertyNames, `${path}{name}`),
    );
  if (outer.additionalProperties === undefined || outer.additionalProperties === true) return found;
  if (outer.additionalProperties === false) {
    for (const name of Object.keys(own))
      if (!known[name]) found.push({ path: at(name), reason: 'it is not allowed' });
    if (inner.additionalProperties !== false) found.push({ path, reason: 'further fields are not allowed' });
    return found;
  }
  for (const [name, part] of Object.entries(own))
    if (!known[name]) found.push(...differences(part, outer.additionalProperties, at(name)));
  found.push(...differences(rest ?? {}, outer.additionalProperties, `${path}{}`));
  return found;
}

function schemaOf(rest: JsonSchema | boolean | undefined): JsonSchema | undefined {
  return typeof rest === 'object' ? rest : undefined;
}

const UNDERSTOOD = new Set([
  ...AT_LEAST,
  ...AT_MOST,
  ...['type', 'const', 'enum', 'pattern', 'items', 'properties', 'required'],
  ...['additionalProperties', 'propertyNames'],
]);

/** Of keywords that are not compared only equality is understood. */
function others(inner: JsonSchema, outer: JsonSchema, path: string): Difference[] {
  return Object.entries(outer)
    .filter(([keyword]) => !UNDERSTOOD.has(keyword) && !isAnnotation(keyword))
    .filter(([keyword, value]) => !(keyword === 'allOf' && hasOnlyPatterns(value as readonly JsonSchema[])))
    .filter(([keyword, value]) => !isDeepStrictEqual(inner[keyword], value))
    .map(([keyword]) => ({ path, reason: `${keyword} is not the same` }));
}

const hasOnlyPatterns = (parts: readonly JsonSchema[]) =>
  parts.every((part) => Object.keys(part).every((keyword) => keyword === 'pattern'));
