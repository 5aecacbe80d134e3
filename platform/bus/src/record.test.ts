import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeValue, encodeRecord, InvalidRecordError } from './record.ts';
import { resolveTopics } from './topics/index.ts';

const topic = {
  name: 'numbers',
  type: 'numbers',
  schema: z.object({ n: z.int(), by: z.string().default('us') }),
};

describe('encoding a record', () => {
  it('fills in what the schema has defaults for', () => {
    const { value } = encodeRecord({ topic, key: 'k', value: { n: 1 } as never }, 'edge');
    expect(JSON.parse(String(value))).toEqual({ n: 1, by: 'us' });
  });

  it('names what is wrong with a value, but not more than a few problems', () => {
    const many = { name: 'many', type: 'many', schema: z.array(z.int()) };
    const encode = () =>
      encodeRecord({ topic: many, key: 'k', value: Array(100).fill('x') as never }, 'edge');
    expect(encode).toThrow(InvalidRecordError);
    expect(encode).toThrow(/not a value for many: 0: .*; 4: .*; and 95 more$/);
  });

  it('gives back any value it took', () => {
    const anything = { name: 'any', type: 'any', schema: z.json() };
    // Members called `__proto__` are dropped by the schemas, lest they become someone's prototype.
    const value = fc.jsonValue().filter((candidate) => !JSON.stringify(candidate).includes('"__proto__"'));
    fc.assert(
      fc.property(value, (given) => {
        const { value: bytes } = encodeRecord({ topic: anything, key: 'k', value: given as never }, 'edge');
        expect(decodeValue(bytes, anything.schema)).toEqual({
          ok: true,
          value: JSON.parse(JSON.stringify(given)),
        });
      }),
    );
  });
});

describe('decoding a value', () => {
  it('distinguishes a tombstone, bytes that are not UTF-8 and text that is not JSON', () => {
    expect(decodeValue(null, topic.schema)).toEqual({ ok: false, reason: 'the record has no value' });
    expect(decodeValue(Buffer.from([0xff]), topic.schema)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^not JSON/),
    });
    expect(decodeValue(Buffer.from('{'), topic.schema)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^not JSON/),
    });
  });

  it('never throws, whatever the bytes and the topic', () => {
    const topics = Object.values(resolveTopics({})).filter((candidate) => 'schema' in candidate);
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({
          __proto__: fc.jsonValue(),
          peer_id: fc.jsonValue(),
          catalog_ids: fc.jsonValue(),
          signal: fc.jsonValue(),
        })
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom(...topics), (bytes, { schema }) => {
        const decoded = decodeValue(bytes, schema as z.ZodType);
        expect(decoded.ok || decoded.reason.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
