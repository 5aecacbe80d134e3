import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateUnderTest } from '../../testing/fixtures.ts';
import { type FileRegistry, MAX_PEERS_PER_FILE, REGISTRATION_TTL_MS } from './files.ts';

/** What every adapter of the file registry keeps to. */
export function filesCompliance(name: string, create: () => Promise<StateUnderTest>, skip: boolean): void {
  describe.skipIf(skip)(`the file registry on ${name}`, () => {
    let under: StateUnderTest;
    let files: FileRegistry;
    let time: number;

    beforeEach(async () => {
      time = Date.UTC(2026, 0, 1);
      under = await create();
      ({ files } = await under.open({ now: () => time }));
    });
    afterEach(() => under.close());

    const add = (filename: string, ip: string, hash = 'h1') => files.add({ filename, hash, ip });

    it('lists the addresses of a file', async () => {
      expect(await add('a.mp4', '1.2.3.4')).toEqual({ status: 'added' });
      time += 1_000;
      await add('a.mp4', '2001:db8::1');
      expect(await files.peers('a.mp4')).toEqual([
        { ip: '1.2.3.4', hash: 'h1', registeredAt: '2026-01-01T00:00:00.000Z' },
        { ip: '2001:db8::1', hash: 'h1', registeredAt: '2026-01-01T00:00:01.000Z' },
      ]);
      expect(await files.peers('b.mp4')).toEqual([]);
    });

    it('registers an address once, and renews it', async () => {
      await add('a.mp4', '1.2.3.4');
      time += 1_000;
      await add('a.mp4', '1.2.3.4');
      expect(await files.peers('a.mp4')).toMatchObject([{ registeredAt: '2026-01-01T00:00:01.000Z' }]);
    });

    it('refuses a file known under another hash, until its last address is removed', async () => {
      await add('a.mp4', '1.2.3.4');
      expect(await add('a.mp4', '5.6.7.8', 'h2')).toEqual({ status: 'conflict', knownHash: 'h1' });
      expect(await files.peers('a.mp4')).toHaveLength(1);
      await files.remove('a.mp4', '1.2.3.4');
      expect(await add('a.mp4', '5.6.7.8', 'h2')).toEqual({ status: 'added' });
    });

    it('gives a name to the hash that more networks register, whoever came first', async () => {
      await add('a.mp4', '1.2.3.4', 'bogus');
      // However often one network asks, and from however many of its addresses, it has one vote.
      for (const ip of ['5.6.7.8', '5.6.7.8']) expect((await add('a.mp4', ip, 'h2')).status).toBe('conflict');
      await add('b.mp4', '2001:db8::1', 'bogus');
      for (const ip of ['2001:db8:1::1', '2001:db8:1::2', '2001:db8:1::3'])
        expect((await add('b.mp4', ip, 'h2')).status).toBe('conflict');
      expect(await add('a.mp4', '9.9.9.9', 'h2')).toEqual({ status: 'added' });
      expect(await files.peers('a.mp4')).toMatchObject([{ ip: '9.9.9.9', hash: 'h2' }]);
      expect(await add('a.mp4', '5.6.7.8', 'h2')).toEqual({ status: 'added' });
      expect(await add('a.mp4', '1.2.3.4', 'bogus')).toEqual({ status: 'conflict', knownHash: 'h2' });
      expect(await files.list({ limit: 10 })).toMatchObject([
        { filename: 'a.mp4', hash: 'h2', peers: 2 },
        { filename: 'b.mp4', hash: 'bogus', peers: 1 },
      ]);
    });

    it('forgets the votes of those who leave, and of those who do not come back', async () => {
      await add('a.mp4', '1.2.3.4', 'h1');
      await add('a.mp4', '5.6.7.8', 'h2');
      await files.remove('a.mp4', '5.6.7.8');
      expect((await add('a.mp4', '9.9.9.9', 'h2')).status).toBe('conflict');
      time += REGISTRATION_TTL_MS - 1;
      await add('a.mp4', '1.2.3.4', 'h1');
      time += 2;
      expect((await add('a.mp4', '7.7.7.7', 'h2')).status).toBe('conflict');
      expect((await add('a.mp4', '8.8.8.8', 'h2')).status).toBe('added');
    });

    it('removes the mapping of one address only', async () => {
      await add('a.mp4', '1.2.3.4');
      await add('a.mp4', '5.6.7.8');
      expect(await files.remove('a.mp4', '1.2.3.4')).toBe(true);
      expect(await files.remove('a.mp4', '1.2.3.4')).toBe(false);
      expect((await files.peers('a.mp4')).map(({ ip }) => ip)).toEqual(['5.6.7.8']);
    });

    it('removes an address from every file', async () => {
      for (let n = 0; n < 600; n += 1) await add(`file ${n}`, '1.2.3.4');
      await add('file 1', '5.6.7.8');
      expect(await files.removeAddress('1.2.3.4')).toBe(600);
      expect(await files.removeAddress('1.2.3.4')).toBe(0);
      expect(await files.list({ limit: 10 })).toEqual([{ filename: 'file 1', hash: 'h1', peers: 1 }]);
    });

    it('lists files by name in pages, whatever is in the names', async () => {
      const names = ['b', '{c}', 'émile.mp4', 'a {p1} b', '🎬.mkv', 'Z'];
      for (const name of names) await add(name, '1.2.3.4');
      const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const page = await files.list({ limit: 4 });
      const rest = await files.list({ limit: 4, after: page[3]?.filename });
      expect([...page, ...rest].map(({ filename }) => filename)).toEqual(sorted);
    });

    it('expires a registration that is not renewed', async () => {
      await add('a.mp4', '1.2.3.4');
      time += REGISTRATION_TTL_MS + 1;
      expect(await files.peers('a.mp4')).toEqual([]);
      expect(await files.list({ limit: 10 })).toEqual([]);
      expect(await add('a.mp4', '5.6.7.8', 'h2')).toEqual({ status: 'added' });
    });

    it('keeps a bounded number of addresses for a file', async () => {
      const addresses = Array.from({ length: MAX_PEERS_PER_FILE }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
      await Promise.all(addresses.map((ip) => add('a.mp4', ip)));
      expect(await add('a.mp4', '1.2.3.4')).toEqual({ status: 'full' });
      expect(await add('a.mp4', '10.0.0.1')).toEqual({ status: 'added' });
    });
  });
}
