import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outbox } from '../src/outbox/outbox.ts';

export interface OutboxUnderTest<E> {
  /** The outbox of two processes on the same store, empty. */
  one: Outbox<E>;
  other: Outbox<E>;
  /** Appends one more entry for always the same key, as the process of `one`. */
  append(): Promise<void>;
  /** Has every lease expire. */
  expireLeases(): Promise<void>;
  close(): Promise<void>;
}

/** What every outbox keeps to. */
export function describeOutbox<E>(name: string, open: () => Promise<OutboxUnderTest<E>>): void {
  describe(name, () => {
    let under: OutboxUnderTest<E>;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const claim = (outbox: Outbox<E>, limit = 100) => outbox.claim({ limit, everywhere: true });

    it('has nothing to claim while it is empty', async () => {
      expect(await claim(under.one)).toBeNull();
    });

    it('gives entries to one process at a time, and again, the same, once they are released', async () => {
      await under.append();
      await under.append();
      const first = await claim(under.one);
      expect(first?.entries).toHaveLength(2);
      expect(await claim(under.other)).toBeNull();
      await first?.release();
      const again = await claim(under.other);
      expect(again?.entries).toEqual(first?.entries);
      await again?.complete();
      expect(await claim(under.one)).toBeNull();
    });

    it('gives the oldest first and keeps what was appended after the claim', async () => {
      for (let count = 0; count < 3; count += 1) await under.append();
      const all = (await claim(under.one))!;
      await all.release();
      const oldest = await claim(under.one, 1);
      expect(oldest?.entries).toEqual(all.entries.slice(0, oldest?.entries.length));
      await under.append();
      await oldest?.complete();
      const rest = await claim(under.one);
      expect(rest?.entries.slice(0, -1)).toEqual(all.entries.slice(oldest?.entries.length));
      await rest?.complete();
    });

    it('gives what a crashed process held to another one, and a late completion by the first removes nothing', async () => {
      await under.append();
      const abandoned = await claim(under.one);
      await under.expireLeases();
      const taken = await claim(under.other);
      expect(taken?.entries).toEqual(abandoned?.entries);
      await abandoned?.complete();
      await taken?.release();
      const again = await claim(under.other);
      expect(again?.entries).toEqual(abandoned?.entries);
      await again?.complete();
      expect(await claim(under.other)).toBeNull();
    });

    it('says when this process has appended', async () => {
      let appended = 0;
      under.one.onAppend(() => {
        appended += 1;
      });
      await under.append();
      expect(appended).toBeGreaterThan(0);
    });
  });
}
