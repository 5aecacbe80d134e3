import { expect, it, vi } from 'vitest';
import { createCountLoader } from './count-loader.ts';

it('reads what one request asks for together, each id once', async () => {
  const countPeers = vi.fn(async (ids: readonly string[]) => ids.map((id) => id.length));
  const loader = createCountLoader(countPeers);
  const later = Promise.resolve().then(() => loader.load('ccc'));
  expect(await Promise.all([loader.load('a'), loader.load('bb'), loader.load('a'), later])).toEqual([
    1, 2, 1, 3,
  ]);
  expect(countPeers.mock.calls).toEqual([[['a', 'bb', 'ccc']]]);
});

it('splits a read that is too large', async () => {
  const countPeers = vi.fn(async (ids: readonly string[]) => ids.map(() => 1));
  const loader = createCountLoader(countPeers);
  await Promise.all(Array.from({ length: 1_001 }, (_, n) => loader.load(String(n))));
  expect(countPeers.mock.calls.map(([ids]) => ids.length)).toEqual([500, 500, 1]);
});

it('fails every asker when the read fails', async () => {
  const loader = createCountLoader(async () => {
    throw new Error('unavailable');
  });
  const [a, b] = await Promise.allSettled([loader.load('a'), loader.load('b')]);
  expect([a.status, b.status]).toEqual(['rejected', 'rejected']);
});
