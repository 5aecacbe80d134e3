import type { Place, RawRecords } from '../raw/raw-records.ts';
import type { WireRecord } from '../record.ts';
import type { Letter } from './letter.ts';

/** Says of each letter, by its id, where its topic ended before a replay of it was published. */
export const REPLAYS_TOPIC = 'deadletter.replays';

/** A replayed record names the letter that it was. */
export const REPLAY_HEADER = 'giggityflix-dead-letter';

interface Begun {
  /** Milliseconds since 1970. */
  at: number;
  place: Place;
}

/**
 * What was begun and perhaps published: it is noted before anything is published, so that a command that was killed in
 * between finds out which of its records the bus has.
 */
export function createReplays(records: RawRecords, now: () => number) {
  return {
    /** The ids of those of the letters that a replay published which was not finished. */
    async published(letters: readonly Letter[]): Promise<ReadonlySet<string>> {
      const topics = new Map(letters.map(({ id, topic }) => [id, topic]));
      const begun = new Map<string, Place>();
      for (const { key, value } of await records.read(REPLAYS_TOPIC)) {
        // The first is kept: all later ones are after it.
        if (key && value && topics.has(key) && !begun.has(key))
          begun.set(key, (JSON.parse(value.toString('utf8')) as Begun).place);
      }
      // Letters that were begun together share a place: each stretch of a topic is read once.
      const stretches = new Map<string, { topic: string; place: Place }>();
      for (const [id, place] of begun) {
        const stretch = { topic: topics.get(id)!, place };
        stretches.set(JSON.stringify(stretch), stretch);
      }
      const found = new Set<string>();
      for (const { topic, place } of stretches.values())
        for (const { headers } of await records.read(topic, place)) {
          const id = headers[REPLAY_HEADER];
          if (id !== undefined && begun.has(id)) found.add(id);
        }
      return found;
    },

    async begin(letters: readonly Letter[]): Promise<void> {
      const places = new Map<string, Place>();
      for (const { topic } of letters) if (!places.has(topic)) places.set(topic, await records.end(topic));
      await records.append(
        letters.map(({ id, topic }) => ({
          topic: REPLAYS_TOPIC,
          key: id,
          value: Buffer.from(JSON.stringify({ at: now(), place: places.get(topic)! } satisfies Begun)),
          headers: {},
        })),
      );
    },

    publish({ id, topic, key, headers }: Letter, value: Buffer | null): Promise<void> {
      const record: WireRecord = { topic, key, value, headers: { ...headers, [REPLAY_HEADER]: id } };
      return records.append([record]);
    },
  };
}
