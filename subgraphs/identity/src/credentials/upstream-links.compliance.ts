import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { newAccount } from '../../testing/people.ts';
import type { Stores } from '../stores.ts';

/** An issuer that is configured where the suite runs. */
export const ISSUER = 'https://upstream.example';

/** The guarantees of {@link import('./upstream-links.ts').UpstreamLinks}. */
export function upstreamLinksCompliance({ upstreamLinks: links, ...stores }: Stores): void {
  const linkOf = (accountId: string, issuer = ISSUER) => ({
    issuer,
    subject: randomUUID(),
    accountId,
    name: 'anna@example.org',
    createdAt: new Date(1_000),
  });
  const all = { upstreamLinks: links, ...stores };

  it('finds a link by issuer and subject together, and takes none twice', async () => {
    const [account, other] = [await newAccount(all), await newAccount(all)];
    const link = linkOf(account.id);
    expect(await links.add(link)).toBe(true);
    expect(await links.add({ ...link, accountId: other.id })).toBe(false);
    expect(await links.find(link.issuer, link.subject)).toEqual({ ...link, lastUsedAt: link.createdAt });
    expect(await links.find('https://other.example', link.subject)).toBeNull();
    await links.used({ ...link, name: 'new' }, new Date(5_000));
    expect(await links.listOf(account.id)).toEqual([{ ...link, name: 'new', lastUsedAt: new Date(5_000) }]);
    expect(await links.listOf(other.id)).toEqual([]);
  });

  it('removes a link of its own account alone', async () => {
    const [account, other] = [await newAccount(all), await newAccount(all)];
    const link = linkOf(account.id);
    await links.add(link);
    expect(await links.remove(other.id, link)).toBe(false);
    expect(await links.remove(account.id, link)).toBe(true);
    expect(await links.find(link.issuer, link.subject)).toBeNull();
  });

  it('never removes the last way in; one to a provider that is not there any more is none', async () => {
    const accountId = randomUUID();
    const [one, two] = [linkOf(accountId), linkOf(accountId)];
    for (const link of [one, two, linkOf(accountId, 'https://gone.example')]) await links.add(link);
    const removed = await Promise.all([one, two].map((link) => links.remove(accountId, link)));
    expect(removed.sort()).toEqual([false, true]);
    const passkey = {
      id: randomUUID(),
      accountId,
      publicKey: new Uint8Array([1]),
      counter: 0,
      transports: [],
      name: 'Phone',
      createdAt: new Date(),
    };
    await stores.credentials.addPasskey(passkey);
    expect(await stores.credentials.removePasskey(accountId, passkey.id)).toBe(true);
  });
}
