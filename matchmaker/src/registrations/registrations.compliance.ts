import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Registration, Registrations, RegistrationsConfig } from './registrations.ts';

/** What every adapter of {@link Registrations} does. */
export function describeRegistrations(
  name: string,
  make: (config: RegistrationsConfig) => Registrations,
  skip: string | false = false,
): void {
  describe.skipIf(skip)(`registrations, ${name}`, () => {
    const started: Registrations[] = [];
    let registrations: Registrations;
    let octet = 0;
    /** Addresses and ids of each test's own: the store may be shared. */
    const anAddress = () => `198.51.${Math.floor(Math.random() * 256)}.${(octet++ % 250) + 1}`;
    const anId = () => `peer-${randomUUID()}`;

    const start = async (config: Partial<RegistrationsConfig> = {}) => {
      const one = make({ ttlMs: 60_000, max: 100, maxPerAddress: 3, ...config });
      await one.start();
      started.push(one);
      return one;
    };
    const put = (on: Registrations, facts: Partial<Registration>) =>
      on.put({ address: '', port: 1, peerId: null, local: null, proven: false, vouched: false, ...facts });

    beforeEach(async () => {
      registrations = await start();
    });
    afterEach(async () => {
      for (const one of started.splice(0)) await one.stop();
    });

    it('finds a registration by its endpoint, its peer id and its address', async () => {
      const [address, peerId] = [anAddress(), anId()];
      const local = { address: '10.0.0.1', port: 7 };
      expect(await put(registrations, { address, port: 5, peerId, local, proven: true })).toBe('registered');
      const expected = { address, port: 5, peerId, local, proven: true, instance: registrations.instance };
      expect(await registrations.at({ address, port: 5 })).toMatchObject(expected);
      expect(await registrations.byId(peerId, 4)).toMatchObject(expected);
      expect(await registrations.byAddress(address, 0)).toMatchObject([expected]);
      expect(await registrations.byAddress(address, 5)).toEqual([]);
      expect(await registrations.at({ address, port: 6 })).toBeNull();
      expect(await registrations.byId(peerId, 6)).toBeNull();
    });

    it('returns two at most at one address', async () => {
      const address = anAddress();
      for (const port of [1, 2, 3]) await put(registrations, { address, port });
      expect(await registrations.byAddress(address, 0)).toHaveLength(2);
      expect((await registrations.byAddress(address, 2)).map(({ port }) => port).sort()).toEqual([1, 3]);
    });

    it('refuses more than an address may have, and takes refreshes of those it has', async () => {
      const address = anAddress();
      for (const port of [1, 2, 3]) await put(registrations, { address, port });
      expect(await put(registrations, { address, port: 4 })).toBe('full');
      expect(await registrations.at({ address, port: 4 })).toBeNull();
      expect(await put(registrations, { address, port: 3 })).toBe('registered');
    });

    it('refuses more than an instance may have', async () => {
      const small = await start({ max: 2 });
      const address = anAddress();
      for (const port of [1, 2]) await put(small, { address, port });
      expect(await put(small, { address: anAddress(), port: 3 })).toBe('full');
    });

    it('finds a peer where it registered last, and there alone', async () => {
      const [before, after, peerId] = [anAddress(), anAddress(), anId()];
      await put(registrations, { address: before, port: 1, peerId });
      await put(registrations, { address: after, port: 2, peerId });
      expect(await registrations.byId(peerId, 4)).toMatchObject({ address: after, port: 2 });
      expect(await registrations.byAddress(before, 0)).toEqual([]);
    });

    it('keeps a peer id that a token vouched for from those without', async () => {
      const [address, elsewhere, peerId] = [anAddress(), anAddress(), anId()];
      await put(registrations, { address, port: 1, peerId, vouched: true });
      expect(await put(registrations, { address: elsewhere, port: 2, peerId })).toBe('taken');
      expect(await registrations.byId(peerId, 4)).toMatchObject({ address });
      expect(await put(registrations, { address: elsewhere, port: 2, peerId, vouched: true })).toBe(
        'registered',
      );
      expect(await registrations.byId(peerId, 4)).toMatchObject({ address: elsewhere });
    });

    it('changes what a token vouched for only with a token, even from the same endpoint', async () => {
      const [address, elsewhere, peerId] = [anAddress(), anAddress(), anId()];
      await put(registrations, { address, port: 1, peerId, vouched: true });
      expect(await put(registrations, { address, port: 1, peerId })).toBe('taken');
      expect(await put(registrations, { address: elsewhere, port: 2, peerId })).toBe('taken');
      expect(await put(registrations, { address, port: 1, peerId, vouched: true })).toBe('registered');
    });

    it('leaves what has shown that it receives as it is when a forger sends in its name', async () => {
      const [address, peerId] = [anAddress(), anId()];
      const local = { address: '10.0.0.1', port: 7 };
      await put(registrations, { address, port: 1, peerId, local, proven: true });
      const forged = { address, port: 1, local: { address: '10.9.9.9', port: 9 } };
      expect(await put(registrations, { ...forged, peerId })).toBe('registered');
      expect(await put(registrations, { ...forged, peerId: anId() })).toBe('taken');
      expect(await registrations.byId(peerId, 4)).toMatchObject({ address, port: 1, local, proven: true });
    });

    it('is kept alive by refreshes that show nothing, but what was shown holds for one lifetime', async () => {
      const brief = await start({ ttlMs: 400 });
      const [address, peerId] = [anAddress(), anId()];
      await put(brief, { address, port: 1, peerId, proven: true });
      await expect
        .poll(async () => {
          await put(brief, { address, port: 1, peerId });
          return (await brief.at({ address, port: 1 }))?.proven;
        })
        .toBe(false);
      expect(await brief.byId(peerId, 4)).toMatchObject({ address, port: 1, proven: false });
    });

    it('removes a registration that is not refreshed', async () => {
      const brief = await start({ ttlMs: 150 });
      const [address, peerId] = [anAddress(), anId()];
      await put(brief, { address, port: 1, peerId });
      await expect.poll(() => brief.at({ address, port: 1 })).toBeNull();
      expect(await brief.byId(peerId, 4)).toBeNull();
      expect(await brief.byAddress(address, 0)).toEqual([]);
    });

    it('ties a token to the first address that shows it, until it ends', async () => {
      const [lasting, brief] = [randomUUID(), randomUUID()];
      const claim = (digest: string, address: string, lifetimeMs: number) =>
        registrations.claimToken(digest, address, Date.now() + lifetimeMs);
      expect(await claim(lasting, '198.51.100.1', 60_000)).toBe(true);
      expect(await claim(lasting, '198.51.100.1', 60_000)).toBe(true);
      expect(await claim(lasting, '198.51.100.2', 60_000)).toBe(false);
      expect(await claim(brief, '198.51.100.1', 200)).toBe(true);
      await expect.poll(() => claim(brief, '198.51.100.2', 60_000)).toBe(true);
    });

    it('is found by other instances and relays to their clients, or reports that it is alone', async () => {
      const another = await start();
      const [address, peerId] = [anAddress(), anId()];
      const relayed: [Registration, string][] = [];
      registrations.onRelay((to, message) => relayed.push([to, message]));
      await put(registrations, { address, port: 9, peerId, proven: true });
      const found = await another.byId(peerId, 4);
      expect(registrations.alone).toBe(found === null);
      if (!found) return;
      expect(found.instance).toBe(registrations.instance);
      await another.relay(found, 'hello');
      await expect.poll(() => relayed).toMatchObject([[{ address, port: 9, proven: true }, 'hello']]);
    });
  });
}
