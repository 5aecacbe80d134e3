/**
 * Has kafkajs encode what it produces with {@link createRecordEncoder} and {@link crc32c}. It offers no place for that, so
 * this module is imported before kafkajs is; where kafkajs is loaded already, or keeps its functions elsewhere, it encodes
 * as it always did.
 */
import { createRequire } from 'node:module';
import { crc32c } from './crc32c.ts';
import { createRecordEncoder } from './record-encoder.ts';

const require = createRequire(import.meta.url);

function replace<F>(path: string, by: (original: F) => F): void {
  try {
    const resolved = require.resolve(`kafkajs/src/protocol/recordBatch/${path}`);
    const original = require(resolved) as F;
    const loaded = require.cache[resolved];
    if (loaded) loaded.exports = by(original);
  } catch {
    // Another version of kafkajs.
  }
}

replace<Parameters<typeof createRecordEncoder>[0]>('record/v0/index.js', createRecordEncoder);
replace<(bytes: Buffer) => number>('crc32C/index.js', () => crc32c);
