// cspell:ignore Exämple exämple ngstro MPLE
import { expect, it } from 'vitest';
import { newAccount } from '../../testing/people.ts';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./accounts.ts').Accounts}, in a database where nobody else writes. */
export function accountsCompliance(stores: Stores): void {
  const now = () => new Date();

  it('is empty until someone signs up', async () => {
    expect(await stores.accounts.isEmpty()).toBe(true);
    expect(await stores.accounts.list({ first: 10, after: null })).toEqual([]);
    expect(await stores.accounts.find('nobody')).toBeNull();
  });

  it('finds an account by its id, and by every spelling of its login', async () => {
    const account = await newAccount(stores, { login: 'Ångström@Exämple.org' });
    expect(await stores.accounts.find(account.id)).toEqual(account);
    for (const login of ['ångström@exämple.org', 'A\u030Angstro\u0308m@EXA\u0308MPLE.ORG'])
      expect((await stores.accounts.findByLogin(login))?.id).toBe(account.id);
    expect(await stores.accounts.findByLogin('angstrom@example.org')).toBeNull();
    expect(await stores.accounts.isEmpty()).toBe(false);
  });

  it('lists accounts in the order in which they were made, page by page', async () => {
    const made = [];
    for (let n = 0; n < 3; n += 1) made.push(await newAccount(stores));
    const all = await stores.accounts.list({ first: 100, after: null });
    expect(all.slice(-3)).toEqual(made);
    expect(await stores.accounts.list({ first: 1, after: made[0]!.id })).toEqual([made[1]]);
  });

  it('changes what is asked for, and nothing else', async () => {
    const account = await newAccount(stores);
    const at = new Date(account.changedAt.getTime() + 5_000);
    const change = { state: 'limited', plan: 'family', libraries: ['films', 'kids'] } as const;
    const changed = await stores.accounts.change(account.id, change, at);
    const expected = { ...account, ...change, changedAt: at };
    expect(changed).toEqual({ outcome: 'changed', account: expected });
    expect(await stores.accounts.find(account.id)).toEqual(expected);
    await stores.accounts.change(account.id, { libraries: null }, at);
    expect(await stores.accounts.find(account.id)).toEqual({ ...expected, libraries: null });
    expect(await stores.accounts.change('nobody', { name: 'x' }, at)).toEqual({ outcome: 'unknown' });
  });

  it('keeps one owner, also when two close each other at once', async () => {
    const owners = [await newAccount(stores, { role: 'owner' }), await newAccount(stores, { role: 'owner' })];
    const outcomes = await Promise.all(
      owners.map(({ id }) => stores.accounts.change(id, { state: 'closed' }, now())),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'last_owner']);
    const last = owners[outcomes.findIndex(({ outcome }) => outcome === 'last_owner')]!;
    for (const role of ['member', 'operator'] as const)
      expect(await stores.accounts.change(last.id, { role }, now())).toEqual({ outcome: 'last_owner' });
    expect(await stores.accounts.find(last.id)).toMatchObject({ role: 'owner', state: 'active' });
    expect((await stores.accounts.change(last.id, { name: 'Still here' }, now())).outcome).toBe('changed');
  });
}
