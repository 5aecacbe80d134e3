import type { RawRecords } from '../raw/raw-records.ts';
import { decodeValue } from '../record.ts';
import type { Topics } from '../topics/index.ts';
import { byOrigin, type Decision, type Letter, letterId, toLetter } from './letter.ts';
import { createReplays } from './replays.ts';
import { createTopicNames } from './topic-names.ts';

/** Says of each letter, by its id, what an operator decided. Letters themselves stay as long as their topic keeps them. */
export const DECISIONS_TOPIC = 'deadletter.decisions';

/** What operators do with dead letters. */
export interface Letters {
  /** By topic, partition and offset; those decided on only with `all`. `topic` is the one they are for. */
  list(filter?: { topic?: string; all?: boolean }): Promise<Letter[]>;
  /** @throws LetterError for ids that name no letter. */
  find(ids: readonly string[]): Promise<Letter[]>;
  /**
   * Publishes letters again to the topics they are for, each key in the order that it had there; `value` takes the place of
   * theirs. A letter is published once: what a replay that was interrupted has published only counts as replayed.
   *
   * @throws LetterError where a value is missing or could not be processed either, where a letter was replayed before, and,
   * unless `outOfOrder`, where an earlier one of its key waits that is not among them. Nothing is published then.
   */
  replay(letters: readonly Letter[], options?: { value?: Buffer; outOfOrder?: boolean }): Promise<void>;
  drop(letters: readonly Letter[]): Promise<void>;
}

/** What an operator asked for is not possible; `message` says why. */
export class LetterError extends Error {
  override readonly name = 'LetterError';
}

export function createLetters(
  records: RawRecords,
  { topics, now = Date.now }: { topics: Topics; now?: () => number },
): Letters {
  const names = createTopicNames(topics);
  const replays = createReplays(records, now);

  const decisions = async (): Promise<Map<string, Decision>> => {
    const decided = new Map<string, Decision>();
    for (const { key, value } of await records.read(DECISIONS_TOPIC))
      if (key && value) decided.set(key, JSON.parse(value.toString('utf8')));
    return decided;
  };

  const readAll = async (): Promise<Letter[]> => {
    const decided = await decisions();
    const found: Letter[] = [];
    for (const topic of (await records.topics()).filter(names.isOfDeadLetters))
      for (const record of await records.read(topic)) {
        const letter = toLetter(record, decided.get(letterId(record)) ?? null);
        if (letter) found.push(letter);
      }
    return found;
  };

  /** Why a record with this value would only come back; null where its topic takes it, or is none of the platform's. */
  const problemOf = (topic: string, value: Buffer | null): string | null => {
    if (value === null) return 'its value was too large to keep; give one with `edit`';
    const known = names.find(topic);
    const decoded = known ? decodeValue(value, known.schema) : null;
    return decoded && !decoded.ok ? decoded.reason : null;
  };

  const decide = (letter: Letter, kind: Decision['kind']) => {
    const value = Buffer.from(JSON.stringify({ kind, at: now() } satisfies Decision));
    return records.append([{ topic: DECISIONS_TOPIC, key: letter.id, value, headers: {} }]);
  };

  return {
    async list({ topic, all = false } = {}) {
      const letters = await readAll();
      return letters.filter(
        (letter) => (all || letter.decision === null) && (topic === undefined || letter.topic === topic),
      );
    },

    async find(ids) {
      const letters = new Map((await readAll()).map((letter) => [letter.id, letter]));
      return ids.map((id) => {
        const letter = letters.get(id);
        if (!letter) throw new LetterError(`no dead letter ${id}`);
        return letter;
      });
    },

    async replay(letters, { value, outOfOrder = false } = {}) {
      const chosen = [...new Map(letters.map((letter) => [letter.id, letter])).values()].sort(byOrigin);
      // Nothing is published where one of them would only come back.
      for (const letter of chosen) {
        const problem = replayed(letter) ?? problemOf(letter.topic, value ?? letter.value);
        if (problem) throw new LetterError(`${letter.id}: ${problem}`);
      }
      if (!outOfOrder) refuseOvertaking(chosen, await this.list());
      const published = await replays.published(chosen);
      const waiting = chosen.filter(({ id }) => !published.has(id));
      if (value !== undefined && waiting.length < chosen.length) {
        for (const letter of chosen) await decide(letter, 'replayed');
        throw new LetterError('an interrupted replay has published it as it was; it counts as replayed');
      }
      if (waiting.length > 0) await replays.begin(waiting);
      for (const letter of chosen) {
        if (!published.has(letter.id)) await replays.publish(letter, value ?? letter.value);
        await decide(letter, 'replayed');
      }
    },

    async drop(letters) {
      for (const letter of letters) await decide(letter, 'dropped');
    },
  };
}

function replayed({ decision }: Letter): string | null {
  return decision?.kind === 'replayed'
    ? `it was replayed at ${new Date(decision.at).toISOString()}; what failed again is a letter of its own`
    : null;
}

/** @throws LetterError where a letter would arrive before an earlier one of its key that waits. */
function refuseOvertaking(chosen: readonly Letter[], waiting: readonly Letter[]): void {
  const ids = new Set(chosen.map(({ id }) => id));
  const others = waiting.filter(({ id, key }) => key !== null && !ids.has(id));
  for (const letter of chosen) {
    const earlier = others.find(
      (other) => other.topic === letter.topic && other.key === letter.key && byOrigin(other, letter) < 0,
    );
    if (earlier)
      throw new LetterError(
        `${letter.id}: the earlier ${earlier.id} has the same key and waits; replay or drop it first, or add --out-of-order`,
      );
  }
}
