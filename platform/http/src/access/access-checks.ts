import type { Logger } from '@giggityflix/kernel';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type AccessLimits, isLimited } from '../identity.ts';
import type { Upstream } from '../upstream/index.ts';

export interface AccessChecksConfig {
  /** The catalog's. */
  url: string;
  /** Service token presented to it; null for none. */
  token: string | null;
}

/** Which files someone who is limited may see and watch, as the catalog says. */
export interface AccessChecks {
  /** Those of these files that are allowed; none while the catalog cannot be asked. Never asks for someone who is not limited. */
  allowed(catalogIds: readonly string[], limits: AccessLimits): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 262_144;
/** Most files of one question. */
const MAX_IDS = 500;
/** How long an answer is used again: for so long a change of libraries or ratings may go unnoticed. */
const REMEMBER_MS = 2_000;
/** Answers kept, about 200 bytes each. */
const MAX_REMEMBERED = 20_000;

const answerSchema = z.object({ allowed: z.array(z.string()) });

interface Batch {
  limits: AccessLimits;
  ids: Set<string>;
  answer: Promise<ReadonlySet<string>>;
}

/** Asks in batches: what is asked for with the same limits in one turn of the event loop is one question. */
export function createAccessChecks(config: AccessChecksConfig, { logger }: { logger: Logger }): AccessChecks {
  let upstream: Promise<Upstream> | undefined;
  /** Loaded with the first question: most processes never have anyone limited. */
  const reach = async (): Promise<Upstream> => {
    const { createUpstream } = await import('../upstream/index.ts');
    return createUpstream({
      url: new URL('/api/access/check', config.url).href,
      timeoutMs: TIMEOUT_MS,
      exchangeMs: TIMEOUT_MS,
      connections: 8,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      breaker: { failures: 5, openMs: 2_000 },
      retry: { most: 1, delayMs: 0, budget: { ratio: 0.1, reserve: 10, most: 10 } },
      isFailure: (status) => status >= 500,
      onState: (state) => logger.warn({ upstream: 'catalog', state }, 'circuit breaker'),
    });
  };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(config.token !== null && { authorization: `Bearer ${config.token}` }),
  };
  const remembered = new LRUCache<string, boolean>({ max: MAX_REMEMBERED, ttl: REMEMBER_MS });
  const batches = new Map<string, Batch>();

  async function ask(ids: readonly string[], limits: AccessLimits): Promise<ReadonlySet<string>> {
    const body = JSON.stringify({
      catalog_ids: ids,
      libraries: limits.libraries,
      rating_limit: limits.ratingLimit,
    });
    upstream ??= reach();
    const outcome = await (await upstream).post({ body, headers, idempotent: true });
    if (outcome.kind === 'answered' && outcome.answer.status === 200) {
      const answer = read(outcome.answer.text);
      if (answer) return answer;
    }
    const reason = outcome.kind === 'answered' ? `it answered ${outcome.answer.status}` : outcome.kind;
    logger.warn({ reason }, 'the catalog cannot be asked what is allowed, so nothing is');
    throw new Error('the catalog cannot be asked');
  }

  function batchOf(key: string, limits: AccessLimits): Batch {
    const open = batches.get(key);
    if (open && open.ids.size < MAX_IDS) return open;
    const ids = new Set<string>();
    const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      if (batches.get(key)?.ids === ids) batches.delete(key);
      const allowed = await ask([...ids], limits).catch(() => null);
      if (!allowed) return new Set<string>();
      for (const id of ids) remembered.set(`${key}\n${id}`, allowed.has(id));
      return allowed;
    });
    const batch = { limits, ids, answer };
    batches.set(key, batch);
    return batch;
  }

  return {
    async allowed(catalogIds, limits) {
      if (!isLimited(limits)) return new Set(catalogIds);
      const key = JSON.stringify([limits.ratingLimit, limits.libraries && [...limits.libraries].sort()]);
      const allowed = new Set<string>();
      const asked = new Map<Batch, string[]>();
      for (const id of new Set(catalogIds)) {
        const known = remembered.get(`${key}\n${id}`);
        if (known) allowed.add(id);
        if (known !== undefined) continue;
        const batch = batchOf(key, limits);
        batch.ids.add(id);
        const ids = asked.get(batch) ?? [];
        ids.push(id);
        asked.set(batch, ids);
      }
      for (const [batch, ids] of asked) {
        const answer = await batch.answer;
        for (const id of ids) if (answer.has(id)) allowed.add(id);
      }
      return allowed;
    },
    close: async () => (await upstream)?.close(),
  };
}

function read(text: string): ReadonlySet<string> | null {
  try {
    return new Set(answerSchema.parse(JSON.parse(text)).allowed);
  } catch {
    return null;
  }
}
