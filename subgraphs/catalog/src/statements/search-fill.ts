import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { FormerTitles } from './former-titles.ts';
import type { KnownWords } from './known-words.ts';

/** Titles that are looked at in one query, and those of one transaction: few enough that others write in between. */
const PAGE = 1_000;
const AT_ONCE = 25;
/** How often titles are looked for that a process of a former version wrote beside this one. */
const AGAIN_MS = 10 * 60_000;
/** How often of these words are removed, which are many more. */
const ROUNDS_PER_REMOVAL = 6;

const CANNOT_FILL = 'cannot make titles of a former version found by search';

export interface SearchFillDeps {
  titles: () => FormerTitles;
  words: () => KnownWords;
  /** Called when all titles that were there can be found. */
  onFilled: () => void;
  logger: Logger;
}

/**
 * Makes the titles that a former version left, or writes beside this one, found by what is searched. The start waits for a
 * first page, which is all of a small catalog; the rest follows in the background, as does the end of words that misspelt ones led to.
 */
export function createSearchFill({ titles, words, onFilled, logger }: SearchFillDeps): Service {
  let running: Promise<void> | null = null;
  let stopping = new AbortController();
  let filled = 0;

  const page = async (after: string): Promise<string | null> => {
    const { last, due } = await titles().next(after, PAGE);
    for (let from = 0; from < due.length && !stopping.signal.aborted; from += AT_ONCE) {
      const some = due.slice(from, from + AT_ONCE);
      await titles().renew(some);
      filled += some.length;
    }
    return last;
  };
  const fill = async (first: string | null) => {
    for (let after = first; after !== null && !stopping.signal.aborted; ) after = await page(after);
    if (stopping.signal.aborted) return;
    onFilled();
    if (filled > 0) logger.info({ titles: filled }, 'made titles of a former version found by search');
    filled = 0;
  };
  const removeUnused = async () => {
    for (let after: string | null = ''; after !== null && !stopping.signal.aborted; )
      after = await words().removeUnused(after);
  };
  const run = async (first: string | null) => {
    let round = 0;
    for (let after = first; !stopping.signal.aborted; after = '') {
      round += 1;
      // Those that are left are found the next time.
      await fill(after).catch((error) => {
        logger.warn({ err: error }, CANNOT_FILL);
      });
      if (round % ROUNDS_PER_REMOVAL === 0)
        await removeUnused().catch((error) => {
          logger.warn({ err: error }, 'cannot remove the words that no title has any more');
        });
      await sleep(AGAIN_MS, null, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  };
  return {
    async start() {
      stopping = new AbortController();
      // In the background it is tried once more: search by names alone is better than no catalog.
      const first = await page('').catch((error) => {
        logger.warn({ err: error }, CANNOT_FILL);
        return '';
      });
      if (first === null) onFilled();
      running = run(first);
    },
    async stop() {
      stopping.abort();
      await running;
      running = null;
    },
    ready: () => READY,
  };
}
