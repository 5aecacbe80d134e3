// cspell:ignore letrec
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differences } from './inclusion.ts';
import { type JsonSchema, mapSchema } from './schema.ts';

const ajv = new Ajv2020({ strict: false });
/** The same values each time: each run compiles schemas, which takes longer than the comparison. */
const RUNS = { numRuns: 50, seed: 1 };
const LONG = { timeout: 120_000 };

const bound = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const leaf: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.constant({}),
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc
    .record({ type: fc.constantFrom('integer', 'number'), minimum: bound, maximum: bound })
    .map(withoutAbsent),
  fc
    .record({
      type: fc.constant('string'),
      minLength: bound,
      maxLength: bound,
      pattern: fc.constantFrom(undefined, '^a', 'b$'),
    })
    .map(withoutAbsent),
  fc.subarray(['a', 'ab', 1, null], { minLength: 1 }).map((values) => ({ enum: values })),
  fc.constantFrom('a', 1).map((value) => ({ const: value })),
);
const NAMES = ['a', 'b', 'kind'];
const { schema } = fc.letrec<{ schema: JsonSchema; object: JsonSchema; any: JsonSchema }>((tie) => ({
  schema: fc.oneof({ depthSize: 'small' }, leaf, tie('object'), tie('any')),
  object: fc
    .record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom(...NAMES), tie('schema'), { noNullPrototype: true }),
      required: fc.subarray(NAMES),
      additionalProperties: fc.oneof(fc.constant(undefined), fc.constant(false), tie('schema')),
    })
    .map(withoutAbsent),
  any: fc.oneof(
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
    fc
      .record({ type: fc.constant('array'), items: tie('schema'), minItems: bound, maxItems: bound })
      .map(withoutAbsent),
  ),
}));

function withoutAbsent(fields: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'ab', 'b', '', 'aab', 0, 1, 2, 3, 1.5, -1, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { noNullPrototype: true }),
  ),
})).value;

/** Without fields that a schema does not name: nobody writes them, and consumers ignore them. */
const closed = (open: JsonSchema) =>
  mapSchema(open, (part) =>
    part.properties && part.additionalProperties === undefined
      ? { ...part, additionalProperties: false }
      : part,
  );

/** Also of schemas that have most in common: of two at random one hardly ever includes the other. */
const pair = fc
  .tuple(schema, schema, fc.boolean())
  .map(([one, other, isNear]) => [isNear ? { ...other, ...one } : one, other] as const);

it('a schema includes itself', LONG, () => {
  fc.assert(
    fc.property(schema, (one) => {
      expect(differences(one, one)).toEqual([]);
    }),
    RUNS,
  );
});

it('never says of schemas that one includes the other when a value shows that it does not', LONG, () => {
  fc.assert(
    fc.property(pair, fc.array(value, { minLength: 20, maxLength: 20 }), ([inner, outer], values) => {
      if (differences(inner, outer).length > 0) return;
      const written = values.filter((each) => ajv.validate(closed(inner), each));
      for (const each of written) expect(ajv.validate(outer, each), JSON.stringify(each)).toBe(true);
    }),
    RUNS,
  );
});

it('finds a narrower schema within the wider one', () => {
  const wide = { type: 'object', properties: { a: { type: 'number', minimum: 0 } } };
  const narrow = {
    type: 'object',
    properties: { a: { type: 'integer', minimum: 1 }, b: { type: 'string' } },
    required: ['a'],
  };
  expect(differences(narrow, wide)).toEqual([]);
  expect(differences(wide, narrow).map(({ path }) => path)).toEqual(['a', 'a']);
});
