import { expect, it } from 'vitest';
import { fullBucket, refill } from './token-bucket.ts';

const RATE = { perSecond: 10, burst: 5 };

it('a bucket is refilled with time, up to its burst, and never by a clock that goes back', () => {
  const bucket = fullBucket(RATE, 1_000);
  expect(refill(bucket, RATE, 9_000)).toBe(5);
  bucket.tokens -= 5;
  expect(refill(bucket, RATE, 9_100)).toBe(1);
  expect(refill(bucket, RATE, 8_000)).toBe(1);
  expect(refill(bucket, RATE, 8_100)).toBe(2);
  bucket.tokens -= 10;
  expect(refill(bucket, RATE, 8_500)).toBe(-4);
});
