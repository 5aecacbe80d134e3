import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { createRecordEncoder, type EncodedMessage } from './record-encoder.ts';

const require = createRequire(import.meta.url);
const ofKafkaJs = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as Parameters<
  typeof createRecordEncoder
>[0];
const checksumOfKafkaJs = require('kafkajs/src/protocol/recordBatch/crc32C/index.js') as typeof crc32c;

const text = fc.string({ unit: 'binary', maxLength: 300 }).map((each) => each.toWellFormed());
const bytes = fc.uint8Array({ maxLength: 20_000 }).map((each) => Buffer.from(each));
const message: fc.Arbitrary<EncodedMessage> = fc.record({
  offsetDelta: fc.nat({ max: 100_000 }),
  timestampDelta: fc.oneof(fc.constant(0), fc.nat(), fc.integer(), fc.maxSafeInteger()),
  key: fc.oneof(text, bytes, fc.constant(null)),
  value: fc.oneof(text, bytes, fc.constant(null)),
  headers: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 2 })), { noNullPrototype: true }),
});

it('encodes records as kafkajs does, byte for byte', () => {
  const encode = createRecordEncoder(ofKafkaJs);
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
      const encoded = messages.map((each) => encode(each).buffer);
      const expected = messages.map((each) => ofKafkaJs(each).buffer);
      // All of them first, so that one that overwrote another would show.
      expect(Buffer.concat(encoded).equals(Buffer.concat(expected))).toBe(true);
    }),
  );
});

it('computes checksums as kafkajs does', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (given) => {
      expect(crc32c(given)).toBe(checksumOfKafkaJs(Buffer.from(given)));
    }),
  );
});

it('is what a producer of the bus uses', async () => {
  await import('./faster-encoding.ts');
  const used = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as unknown;
  expect(used).not.toBe(ofKafkaJs);
  expect(require('kafkajs/src/protocol/recordBatch/crc32C/index.js')).toBe(crc32c);
});
