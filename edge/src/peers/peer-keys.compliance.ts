import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PeerKeys } from './peer-keys.ts';

/** What every adapter of {@link PeerKeys} does. `open` gives two handles to one store. */
export function describePeerKeys(
  name: string,
  open: () => Promise<{ one: PeerKeys; other: PeerKeys; close(): Promise<void> }>,
): void {
  describe(`peer keys ${name}`, () => {
    let store: Awaited<ReturnType<typeof open>>;
    let peerId: string;
    beforeEach(async () => {
      store = await open();
      peerId = `peer-${randomUUID()}`;
    });
    afterEach(() => store.close());

    it('bind an id to the first key and to no other', async () => {
      const [first, second] = [randomBytes(32), randomBytes(32)];
      expect(await store.one.bind(peerId, first)).toEqual(first);
      expect(await store.one.bind(peerId, second)).toEqual(first);
      expect(await store.other.bind(peerId, second)).toEqual(first);
      expect(await store.other.bind(peerId, first)).toEqual(first);
    });

    it('find the key an id is bound to', async () => {
      expect(await store.one.find(peerId)).toBeNull();
      const key = randomBytes(32);
      await store.one.bind(peerId, key);
      expect(await store.other.find(peerId)).toEqual(key);
    });

    it('keep a key for each id', async () => {
      const [first, second] = [randomBytes(32), randomBytes(32)];
      await store.one.bind(peerId, first);
      expect(await store.one.bind(`${peerId}~`, second)).toEqual(second);
    });

    it('let one key win a race, and return that one to every caller', async () => {
      const keys = Array.from({ length: 20 }, () => randomBytes(32));
      const bound = await Promise.all(
        keys.map((key, index) => (index % 2 ? store.one : store.other).bind(peerId, key)),
      );
      expect(new Set(bound.map((key) => key.toString('hex'))).size).toBe(1);
    });
  });
}
