import fc from 'fast-check';
import { expect, it } from 'vitest';
import { transcodeCost } from './costs.ts';
import { createSlots, type Slot } from './slots.ts';

const never = new AbortController().signal;

/** Asks for places; `events` says who was given one, and who was told which place. */
function setUp(capacity: number) {
  const slots = createSlots({ capacity });
  const events: string[] = [];
  const ask = (name: string, cost: number, { account = name, signal = never } = {}) =>
    slots
      .acquire({ cost, account, signal, onQueued: (position) => events.push(`${name} is ${position}`) })
      .then((slot) => {
        events.push(slot ? `${name} has its place` : `${name} is refused`);
        return slot;
      });
  return { slots, events, ask };
}

it('lets small work in beside large work, and makes nobody wait who fits', async () => {
  const { slots, ask } = setUp(8);
  const large = await ask('large', 4);
  await Promise.all([ask('one', 1), ask('two', 1), ask('three', 2)]);
  expect(slots.used()).toBe(8);
  expect(await slots.acquire({ cost: 1, account: 'old viewer', signal: never })).toBeNull();
  large?.release();
  large?.release();
  expect(slots.used()).toBe(4);
});

it('says the place in the queue at once, and whenever it changes', async () => {
  const { events, ask } = setUp(2);
  const first = await ask('first', 2);
  const leaving = new AbortController();
  const left = ask('left', 2, { signal: leaving.signal });
  const last = ask('last', 2);
  left.catch(() => {});
  expect(events.slice(1)).toEqual(['left is 1', 'last is 2']);
  leaving.abort(new Error('the viewer left'));
  await expect(left).rejects.toThrow('the viewer left');
  first?.release();
  await last;
  expect(events.slice(3)).toEqual(['last is 1', 'last has its place']);
});

it('keeps a place that costs as much or less, and gives what is left to others', async () => {
  const { slots, ask } = setUp(8);
  const slot = (await ask('mine', 8)) as Slot;
  const other = ask('other', 4);
  expect(slot.change(9)).toBe(true);
  expect(slot.change(4)).toBe(true);
  await other;
  expect(slots.used()).toBe(8);
  expect(slot.change(8)).toBe(false);
  slot.release();
  expect(slot.change(1)).toBe(false);
});

it('has an end: too many of one account, and too many in all, are refused', async () => {
  const { slots, events, ask } = setUp(1);
  await ask('first', 1);
  const asked = Array.from({ length: 5 }, (_, index) => ask(`greedy ${index}`, 1, { account: 'greedy' }));
  expect(await asked[4]).toBeNull();
  for (let index = 0; index < 70; index += 1) void ask(`viewer ${index}`, 1);
  await Promise.resolve();
  await Promise.resolve();
  expect(slots.waiting()).toBe(64);
  expect(events.filter((event) => event.endsWith('is refused'))).toHaveLength(11);
});

interface Waiting {
  account: string;
  abort: AbortController;
  position: number;
}

/** What happens to the model: someone asks, someone with a place ends, someone who waits leaves. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    cost: fc.integer({ min: 1, max: 10 }),
    account: fc.constantFrom('anna', 'ben', 'clara'),
  }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('leave' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('change' as const),
    at: fc.nat(),
    cost: fc.integer({ min: 1, max: 10 }),
  }),
);

it('never costs more than the capacity, loses nobody, and serves accounts in turn, first come first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 60 }),
      async (capacity, steps) => {
        const slots = createSlots({ capacity });
        const placed: { slot: Slot; account: string }[] = [];
        let waiting: Waiting[] = [];
        /** Accounts that wait, in the order of their turns. */
        let turns: string[] = [];
        const forget = (entry: Waiting) => {
          waiting = waiting.filter((one) => one !== entry);
          turns = turns.filter((account) => waiting.some((one) => one.account === account));
        };
        const settle = () => new Promise(setImmediate);
        const ask = async (cost: number, account: string) => {
          const abort = new AbortController();
          const entry: Waiting = { account, abort, position: 0 };
          const asked = slots.acquire({
            cost,
            account,
            signal: abort.signal,
            onQueued(position) {
              if (entry.position === 0) waiting.push(entry);
              if (!turns.includes(account)) turns.push(account);
              entry.position = position;
            },
          });
          await asked.then(
            (slot) => {
              if (entry.position > 0) {
                expect(turns[0]).toBe(account);
                expect(waiting.find((one) => one.account === account)).toBe(entry);
                turns.push(turns.shift() as string);
                forget(entry);
              }
              if (slot) placed.push({ slot, account });
            },
            () => {},
          );
        };
        const asked: Promise<void>[] = [];
        for (const one of steps) {
          if (one.kind === 'ask') asked.push(ask(one.cost, one.account));
          else if (one.kind === 'end' && placed.length > 0)
            placed.splice(one.at % placed.length, 1)[0]?.slot.release();
          else if (one.kind === 'leave' && waiting.length > 0) {
            const leaving = waiting[one.at % waiting.length] as Waiting;
            forget(leaving);
            leaving.abort.abort();
          } else if (one.kind === 'change' && placed.length > 0)
            placed[one.at % placed.length]?.slot.change(one.cost);
          expect(slots.used()).toBeLessThanOrEqual(capacity);
          await settle();
          expect(slots.waiting()).toBe(waiting.length);
          expect(waiting.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
            waiting.map((_, index) => index + 1),
          );
          // Nobody waits where there is nothing to wait for.
          if (placed.length === 0) expect(waiting).toEqual([]);
        }
        while (placed.length > 0) {
          placed.shift()?.slot.release();
          await settle();
        }
        await Promise.all(asked);
        expect([slots.used(), slots.waiting(), waiting.length]).toEqual([0, 0, 0]);
      },
    ),
    { numRuns: 200 },
  );
});

it('serves an account that asks once as soon as one that asks without end', async () => {
  const { events, ask } = setUp(1);
  const slots: Promise<Slot | null>[] = [ask('busy', 1)];
  for (const name of ['greedy 1', 'greedy 2', 'greedy 3']) slots.push(ask(name, 1, { account: 'greedy' }));
  slots.push(ask('modest', 1));
  for (const slot of slots.slice(0, 1)) (await slot)?.release();
  for (const index of [1, 4, 2, 3]) (await slots[index])?.release();
  expect(events.filter((event) => event.endsWith('has its place'))).toEqual([
    'busy has its place',
    'greedy 1 has its place',
    'modest has its place',
    'greedy 2 has its place',
    'greedy 3 has its place',
  ]);
});

it.each([
  [1_080, 1_080, 8],
  [1_080, 2_160, 12],
  [1_080, 480, 2],
  [360, 1_080, 1],
  [144, 2_160, 5],
  [720, null, 4],
])('costs for at most %d lines of %s', (maxHeight, height, cost) => {
  expect(transcodeCost(maxHeight, height)).toBe(cost);
});
