import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogUpdate, connection, drain, file, type StateUnderTest } from '../../testing/fixtures.ts';
import type { TrackerState } from '../state/state.ts';
import {
  MAX_SUBSCRIPTIONS_PER_OWNER,
  type StoredSubscription,
  subscriptionId,
  TooManySubscriptions,
} from './subscriptions.ts';

const [A, B] = [file(1), file(2)] as [string, string];
const ADA = { kind: 'user', id: 'ada' } as const;
const RECORDER = { kind: 'service', id: 'recorder:1' } as const;
const HOUR_MS = 3_600_000;

/** What every adapter of the subscription store keeps to. */
export function subscriptionCompliance(
  name: string,
  create: () => Promise<StateUnderTest>,
  skip: boolean,
): void {
  describe.skipIf(skip)(`stored subscriptions on ${name}`, () => {
    let under: StateUnderTest;
    let state: TrackerState;
    let time: number;

    beforeEach(async () => {
      time = Date.now();
      under = await create();
      state = await under.open({ now: () => time });
    });
    afterEach(() => under.close());

    const newSubscription = (
      catalogId: string,
      over: Partial<StoredSubscription> = {},
    ): StoredSubscription => ({
      id: subscriptionId(randomUUID(), catalogId),
      catalogId,
      owner: ADA,
      createdAt: time,
      expiresAt: time + HOUR_MS,
      ...over,
    });
    const has = (catalogIds: string[], peerId = 'peer-1') =>
      state.registry.catalogUpdated(
        catalogUpdate({ peerId, connectionId: connection(1), catalogIds, isFull: true }),
      );
    const matches = async () => (await drain(state.outbox)).filter((entry) => entry.kind === 'match');

    it('matches on the first availability, once', async () => {
      const subscription = newSubscription(A);
      await state.subscriptions.subscribe(subscription);
      await has([B]);
      expect(await matches()).toEqual([]);
      await has([A]);
      expect(await matches()).toMatchObject([
        {
          subscriptionId: subscription.id,
          catalogId: A,
          owner: ADA,
          availablePeers: ['peer-1'],
          peerCount: 1,
        },
      ]);
      await has([]);
      await has([A]);
      expect(await matches()).toEqual([]);
      expect(await state.subscriptions.list(ADA, { first: 10 })).toEqual([]);
    });

    it('matches at once what is already available', async () => {
      await has([A]);
      await has([A], 'peer-2');
      await drain(state.outbox);
      const subscription = newSubscription(A, { owner: RECORDER });
      await state.subscriptions.subscribe(subscription);
      const [match] = await matches();
      expect(match).toMatchObject({ subscriptionId: subscription.id, owner: RECORDER, peerCount: 2 });
      expect(match?.availablePeers.toSorted()).toEqual(['peer-1', 'peer-2']);
      expect(await state.subscriptions.list(RECORDER, { first: 10 })).toEqual([]);
    });

    it('matches every subscription of a file, more than one claim takes', async () => {
      const subscriptions = Array.from({ length: 250 }, (_, n) =>
        newSubscription(A, { owner: { kind: 'user', id: `user-${n}` } }),
      );
      await Promise.all(subscriptions.map((one) => state.subscriptions.subscribe(one)));
      await has([A]);
      const matched = await matches();
      expect(matched.map((match) => match.subscriptionId).sort()).toEqual(
        subscriptions.map(({ id }) => id).sort(),
      );
    });

    it('lists the subscriptions of an owner in pages', async () => {
      const subscriptions = [newSubscription(A), newSubscription(B), newSubscription(A)].sort((a, b) =>
        a.id < b.id ? -1 : 1,
      );
      for (const one of subscriptions) await state.subscriptions.subscribe(one);
      await state.subscriptions.subscribe(newSubscription(A, { owner: RECORDER }));
      const page = await state.subscriptions.list(ADA, { first: 2 });
      expect(page).toEqual(subscriptions.slice(0, 2));
      expect(await state.subscriptions.list(ADA, { first: 2, after: page[1]?.id })).toEqual(
        subscriptions.slice(2),
      );
    });

    it('cancels a subscription for those who may', async () => {
      const subscription = newSubscription(A);
      await state.subscriptions.subscribe(subscription);
      expect(await state.subscriptions.cancel(subscription.id, () => false)).toBe(false);
      expect(await state.subscriptions.cancel(subscription.id, ({ id }) => id === 'ada')).toBe(true);
      expect(await state.subscriptions.cancel(subscription.id, () => true)).toBe(false);
      expect(await state.subscriptions.cancel('not an id', () => true)).toBe(false);
      await has([A]);
      expect(await matches()).toEqual([]);
      expect(await state.subscriptions.list(ADA, { first: 10 })).toEqual([]);
    });

    it('expires a subscription when its time is up', async () => {
      await state.subscriptions.subscribe(newSubscription(A));
      time += HOUR_MS;
      await state.subscriptions.subscribe(newSubscription(A, { id: subscriptionId(randomUUID(), A) }));
      expect(await state.subscriptions.list(ADA, { first: 10 })).toHaveLength(1);
      await has([A]);
      expect(await matches()).toHaveLength(1);
    });

    it('is seen by other processes, and after a restart', async () => {
      const subscription = newSubscription(A);
      await state.subscriptions.subscribe(subscription);
      const other = await under.open({ now: () => time });
      expect(await other.subscriptions.list(ADA, { first: 10 })).toEqual([subscription]);
    });

    it('refuses more than an owner may have', async () => {
      const subscriptions = Array.from({ length: MAX_SUBSCRIPTIONS_PER_OWNER }, () => newSubscription(A));
      await Promise.all(subscriptions.map((one) => state.subscriptions.subscribe(one)));
      await expect(state.subscriptions.subscribe(newSubscription(B))).rejects.toThrow(TooManySubscriptions);
    });
  });
}
