import { expect, it } from 'vitest';
import { DEAD_LETTER_HEADERS } from '../bus.ts';
import type { RawRecords } from '../raw/raw-records.ts';
import type { StoredRecord } from '../record.ts';
import { resolveTopics } from '../topics/index.ts';
import { createLetters } from './letters.ts';

const TOPIC = 'somebody-elses';

/** Records in memory, and what is as if the process were killed before or after its nth append. */
function memory() {
  const kept: StoredRecord[] = [];
  let crash: { at: number; before: boolean } | null = null;
  const records: RawRecords = {
    topics: async () => [...new Set(kept.map(({ topic }) => topic))],
    read: async (topic, since) =>
      kept.filter((record) => record.topic === topic && BigInt(record.offset) >= BigInt(since?.next ?? 0)),
    end: async () => ({ next: String(kept.length) }),
    async append(added) {
      const now = crash && --crash.at === 0 ? crash : null;
      if (now?.before) throw new Error('killed');
      for (const record of added)
        kept.push({ ...record, partition: 0, offset: String(kept.length), timestamp: 0 });
      if (now) throw new Error('killed');
    },
    close: async () => {},
  };
  return {
    records,
    kept,
    killAt(at: number, before: boolean) {
      crash = { at, before };
    },
    letter: (key: string, offset: number) =>
      records.append([
        {
          topic: `${TOPIC}.deadletter`,
          key,
          value: Buffer.from(`"${key}${offset}"`),
          headers: {
            [DEAD_LETTER_HEADERS.topic]: TOPIC,
            [DEAD_LETTER_HEADERS.partition]: '0',
            [DEAD_LETTER_HEADERS.offset]: String(offset),
          },
        },
      ]),
    replayed: () => kept.filter(({ topic }) => topic === TOPIC).map(({ value }) => JSON.parse(String(value))),
  };
}

const lettersOf = (records: RawRecords) => createLetters(records, { topics: resolveTopics({}) });

// The first append says what is begun, then there are two for each letter.
const APPENDS = 7;
it.each(
  Array.from({ length: APPENDS }, (_, index) => index + 1).flatMap((at) => [
    { at, before: true },
    { at, before: false },
  ]),
)('publishes no letter twice after a crash at append $at, before it: $before', async ({ at, before }) => {
  const bus = memory();
  for (const offset of [10, 11, 12]) await bus.letter('k', offset);
  const first = lettersOf(bus.records);
  bus.killAt(at, before);
  await expect(first.replay(await first.list())).rejects.toThrow('killed');
  const second = lettersOf(bus.records);
  await second.replay(await second.list());
  expect(bus.replayed()).toEqual(['k10', 'k11', 'k12']);
  expect(await second.list()).toEqual([]);
});

it('keeps the order of each key, in whatever order letters are named', async () => {
  const bus = memory();
  for (const offset of [11, 10, 9]) await bus.letter('k', offset);
  const letters = lettersOf(bus.records);
  const found = await letters.list();
  await letters.replay([...found, ...found]);
  expect(bus.replayed()).toEqual(['k9', 'k10', 'k11']);
});

it('lets no letter overtake an earlier one of its key that waits, unless it is asked to', async () => {
  const bus = memory();
  await bus.letter('k', 1);
  await bus.letter('k', 2);
  await bus.letter('other', 3);
  const letters = lettersOf(bus.records);
  const [first, second, other] = await letters.list();
  await expect(letters.replay([second!])).rejects.toThrow(/earlier somebody-elses.deadletter\/0\/0 .* waits/);
  expect(bus.replayed()).toEqual([]);
  await letters.replay([other!]);
  await letters.replay([second!], { outOfOrder: true });
  await letters.replay([first!]);
  expect(bus.replayed()).toEqual(['other3', 'k2', 'k1']);
});

it('replays nothing that was replayed, and what was dropped if that is asked for', async () => {
  const bus = memory();
  await bus.letter('k', 1);
  const letters = lettersOf(bus.records);
  await letters.drop(await letters.list());
  await letters.replay(await letters.list({ all: true }));
  await expect(letters.replay(await letters.list({ all: true }))).rejects.toThrow(/was replayed at/);
  expect(bus.replayed()).toEqual(['k1']);
});

it('says that an interrupted replay published a letter which is then edited', async () => {
  const bus = memory();
  await bus.letter('k', 1);
  const letters = lettersOf(bus.records);
  bus.killAt(2, false);
  await expect(letters.replay(await letters.list())).rejects.toThrow('killed');
  const [letter] = await letters.list();
  await expect(letters.replay([letter!], { value: Buffer.from('"edited"') })).rejects.toThrow(/as it was/);
  expect(bus.replayed()).toEqual(['k1']);
  expect(await letters.list()).toEqual([]);
});
