/** The keywords of JSON Schema 2020-12 that the schemas of events use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly default?: unknown;
  /** Keywords that are narrower in what is written than in what is read. */
  readonly 'x-written'?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** Annotations: they say nothing about which values are valid. */
const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'default', 'examples', 'deprecated']);

export function isAnnotation(keyword: string): boolean {
  return ANNOTATIONS.has(keyword) || keyword.startsWith('x-');
}

/** The schema with `change` applied to each of its parts, the innermost first. */
export function mapSchema(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const list = (parts: readonly JsonSchema[]) => parts.map((part) => mapSchema(part, change));
  const { anyOf, oneOf, allOf, properties, additionalProperties, items } = schema;
  return change({
    ...schema,
    ...(anyOf && { anyOf: list(anyOf) }),
    ...(oneOf && { oneOf: list(oneOf) }),
    ...(allOf && { allOf: list(allOf) }),
    ...(items && { items: mapSchema(items, change) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [name, mapSchema(part, change)]),
      ),
    }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: mapSchema(additionalProperties, change),
    }),
  });
}

/**
 * What our services write, of which the schema says what they read: a field with a default is always there, and where
 * `x-written` says so a value is within narrower limits.
 */
export function writtenSchema(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (part) =>
    alwaysThere(part['x-written'] ? { ...part, ...part['x-written'] } : part),
  );
}

/** What everyone else may rely on in what is written, now or once `x-written` is lifted. */
export function promisedSchema(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, alwaysThere);
}

function alwaysThere(part: JsonSchema): JsonSchema {
  const { properties, required = [] } = part;
  if (!properties) return part;
  const written = Object.keys(properties).filter(
    (name) => required.includes(name) || properties[name]?.default !== undefined,
  );
  return { ...part, required: written };
}
