import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { headerIncompatibilities, incompatibilities } from './compatibility.ts';
import type { JsonSchema } from './schema.ts';

const released = z.object({
  id: z.string().min(1).max(20),
  kind: z.enum(['film', 'episode']),
  size: z.int().min(0).max(100),
  note: z.string().optional(),
  tags: z.array(z.string()).max(10).default([]),
  hashes: z.record(z.string(), z.string()).optional(),
  signal: z.discriminatedUnion('type', [
    z.object({ type: z.literal('offer'), sdp: z.string() }),
    z.object({ type: z.literal('lost'), reason: z.string().nullable() }),
  ]),
});
const identity = { 'x-topic': 'films', 'x-key': 'id', 'x-renamed-by': ['KAFKA_FILMS_TOPIC'] };
const document = (schema: z.ZodType, changed: JsonSchema = {}): JsonSchema => ({
  ...(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema),
  ...identity,
  ...changed,
});
const since = (schema: z.ZodType, changed?: JsonSchema) =>
  incompatibilities(document(released), document(schema, changed));
const { shape } = released;
const [offer, lost] = shape.signal.options;

describe('an event may change so that it', () => {
  it.each<[string, z.ZodType]>([
    ['is the same', released],
    ['has another optional field', released.extend({ more: z.number().optional() })],
    ['has another field with a default', released.extend({ more: z.number().default(1) })],
    ['always has a field that was optional', released.extend({ note: z.string().default('') })],
    [
      'has another optional field inside',
      released.extend({
        signal: z.discriminatedUnion('type', [offer.extend({ v: z.int().optional() }), lost]),
      }),
    ],
    [
      'takes a value that is not written yet',
      released.extend({
        kind: z.enum(['film', 'episode', 'clip']).meta({ 'x-written': { enum: ['film', 'episode'] } }),
      }),
    ],
    [
      'takes longer texts that are not written yet',
      released.extend({
        id: z
          .string()
          .min(1)
          .max(40)
          .meta({ 'x-written': { maxLength: 20 } }),
      }),
    ],
  ])('%s', (_, now) => {
    expect(since(now)).toEqual([]);
  });

  it('writes a value once every release on record takes it', () => {
    const kind = z.enum(['film', 'episode', 'clip']);
    const first = document(
      released.extend({ kind: kind.meta({ 'x-written': { enum: ['film', 'episode'] } }) }),
    );
    expect(incompatibilities(first, document(released.extend({ kind })))).toEqual([]);
  });
});

const refusedThen = 'a consumer of then refuses what is written now';
const refusedNow = 'what was read then is refused now';

describe('an event may not change so that', () => {
  it.each<[string, z.ZodType, string]>([
    [
      'a field is required in addition',
      released.extend({ more: z.number() }),
      `more: it may be missing (${refusedNow})`,
    ],
    ['a field is gone', released.omit({ note: true }), 'note: the field was removed; names only grow'],
    ['a required field is gone', released.omit({ size: true }), `size: it may be missing (${refusedThen})`],
    [
      'a required field is optional',
      released.extend({ size: shape.size.optional() }),
      `size: it may be missing (${refusedThen})`,
    ],
    [
      'a field that was always written may be missing',
      released.extend({ tags: z.array(z.string()).max(10).optional() }),
      'tags: it may be missing (consumers rely on what was always written)',
    ],
    [
      'a default is another',
      released.extend({ tags: z.array(z.string()).max(10).default(['new']) }),
      'tags: the default was [], is ["new"]',
    ],
    [
      'a field has another type',
      released.extend({ size: z.string() }),
      `size: string is not among integer (${refusedThen})`,
    ],
    [
      'a value is gone',
      released.extend({ kind: z.enum(['film']) }),
      `kind: the value "episode" is not allowed (${refusedNow})`,
    ],
    [
      'a value is written that was not known',
      released.extend({ kind: z.enum(['film', 'episode', 'clip']) }),
      `kind: the value "clip" is not allowed (${refusedThen})`,
    ],
    [
      'texts are shorter',
      released.extend({ id: z.string().min(1).max(10) }),
      `id: maxLength 20 is beyond 10 (${refusedNow})`,
    ],
    [
      'longer texts are written',
      released.extend({ id: z.string().min(1).max(40) }),
      `id: maxLength 40 is beyond 20 (${refusedThen})`,
    ],
    [
      'numbers are in a narrower range',
      released.extend({ size: z.int().min(1).max(100) }),
      `size: minimum 0 is beyond 1 (${refusedNow})`,
    ],
    [
      'an integer is any number',
      released.extend({ size: z.number().min(0).max(100) }),
      `size: number is not integer (${refusedThen})`,
    ],
    [
      'a text has a form',
      released.extend({ id: shape.id.regex(/^[a-z]+$/) }),
      `id: not all texts match ^[a-z]+$ (${refusedNow})`,
    ],
    [
      'what a list holds is narrower',
      released.extend({ tags: z.array(z.string().max(5)).max(10).default([]) }),
      `tags[]: maxLength without limit is beyond 5 (${refusedNow})`,
    ],
    [
      'what a record holds is another type',
      released.extend({ hashes: z.record(z.string(), z.number()).optional() }),
      `hashes{}: number is not among string (${refusedThen})`,
    ],
    [
      'null is not allowed any more',
      released.extend({
        signal: z.discriminatedUnion('type', [offer, lost.extend({ reason: z.string() })]),
      }),
      `signal.reason: null is not among string (${refusedNow})`,
    ],
    [
      'null is written that was not',
      released.extend({ size: shape.size.nullable() }),
      `size: null is not among integer (${refusedThen})`,
    ],
    [
      'another alternative is written',
      released.extend({
        signal: z.discriminatedUnion('type', [offer, lost, z.object({ type: z.literal('answer') })]),
      }),
      `signal: object with [["type","answer"]] is not among object with [["type","offer"]], object with [["type","lost"]] (${refusedThen})`,
    ],
    [
      'unknown fields are refused',
      released.strict(),
      `the value: further fields are not allowed (${refusedNow})`,
    ],
  ])('%s', (_, now, problem) => {
    expect(since(now)).toContain(problem);
  });

  it.each([
    [{ 'x-key': 'kind' }, 'key: was "id", is "kind"'],
    [{ 'x-topic': 'movies' }, 'topic: was "films", is "movies"'],
    [{ 'x-renamed-by': [] }, 'KAFKA_FILMS_TOPIC: the variable no longer renames the topic'],
  ])('its place is another: %j', (changed, problem) => {
    expect(since(released, changed)).toEqual([problem]);
  });

  it('a header is gone', () => {
    const headers = z.object({ ce_id: z.string(), ce_type: z.string() });
    const of = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
    expect(headerIncompatibilities(of(headers), of(headers.extend({ more: z.string() })))).toEqual([]);
    expect(headerIncompatibilities(of(headers), of(headers.omit({ ce_id: true })))).toEqual([
      'ce_id: it may be missing',
    ]);
  });
});
