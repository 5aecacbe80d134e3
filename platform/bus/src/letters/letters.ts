import type { RawRecords } from '../raw/raw-records.ts';
import { decodeValue } from '../record.ts';
import type { Topics } from '../topics/index.ts';
import { type Decision, type Letter, letterId, toLetter } from './letter.ts';
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
   * Publishes letters again to the topics they are for, in the order given; `value` takes the place of theirs. Once the bus
   * has one, it counts as replayed; after a crash between the two it is replayed again, which every consumer expects.
   *
   * @throws LetterError where a value is missing, or could not be processed either.
   */
  replay(letters: readonly Letter[], value?: Buffer): Promise<void>;
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

    async replay(letters, value) {
      // Nothing is published where one of them would only come back.
      const replayed = letters.map((letter) => ({ letter, value: value ?? letter.value }));
      for (const one of replayed) {
        const problem = problemOf(one.letter.topic, one.value);
        if (problem) throw new LetterError(`${one.letter.id}: ${problem}`);
      }
      for (const { letter, value: bytes } of replayed) {
        const { topic, key, headers } = letter;
        await records.append([{ topic, key, value: bytes, headers }]);
        await decide(letter, 'replayed');
      }
    },

    async drop(letters) {
      for (const letter of letters) await decide(letter, 'dropped');
    },
  };
}
