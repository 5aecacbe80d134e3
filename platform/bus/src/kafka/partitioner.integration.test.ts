import fc from 'fast-check';
import { type PartitionerArgs, Partitioners } from 'kafkajs';
import { expect, it } from 'vitest';
import { createPartitioner } from './partitioner.ts';

const partitionMetadata = Array.from(
  { length: 997 },
  (_, partitionId) => ({ partitionId, leader: 0 }) as PartitionerArgs['partitionMetadata'][number],
);
const ours = createPartitioner();
const theirs = Partitioners.DefaultPartitioner();

it('puts every key where Kafka’s own clients put it', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.uint8Array({ minLength: 1 }).map(Buffer.from)),
      (key) => {
        const args = { topic: 't', partitionMetadata, message: { key, value: null } };
        expect(ours(args)).toBe(theirs(args));
      },
    ),
    { numRuns: 2_000 },
  );
});

const keyless = () => ({ topic: 't', partitionMetadata, message: { key: null, value: null } });

it('spreads records without a key', () => {
  expect(new Set(Array.from({ length: 10 }, () => ours(keyless()))).size).toBeGreaterThan(1);
});

it('leaves a record without a key where it is, when it is sent again', () => {
  const args = keyless();
  expect(new Set(Array.from({ length: 10 }, () => ours(args))).size).toBe(1);
});
