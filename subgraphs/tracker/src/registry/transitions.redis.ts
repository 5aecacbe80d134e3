import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Allowance, CROWDED_SHARD } from '../availability/allowance.ts';
import { MAX_PEERS_PER_MATCH } from '../availability/outbox.ts';
import type { RedisContext } from '../redis/context.ts';
import { ID_LENGTH, shardOfFile, splitIds } from '../redis/keys.ts';
import {
  CatalogTooLarge,
  CLOSED_CONNECTION_MEMORY_MS,
  MAX_CATALOG_IDS_PER_PEER,
  STAGED_UPDATE_TTL_MS,
} from './registry.ts';

/** How long a process has to apply a peer's intents to the files, in milliseconds; after a crash the peer waits that long. */
export const PEER_LEASE_MS = 6_000;
/** Intents applied in one step; bounds what one script does. */
const INTENTS_PER_STEP = 5_000;
/** Clocks of a Cluster's nodes may differ by this much without two processes writing for one peer. */
const CLOCK_MARGIN_MS = 2_000;
/** First and longest wait for a peer another process is working on. */
const BUSY_DELAY_MS = 5;
const MAX_BUSY_DELAY_MS = 250;
/** Entries waiting in one shard's outbox above which changes slow down to the speed of publication. */
const FULL_OUTBOX = 50_000;

export type Operation = 'established' | 'closed' | 'updated' | 'heartbeat' | 'checked' | 'expire' | 'resume';

export interface Transition {
  operation: Operation;
  peerId: string;
  event?: Record<string, unknown>;
  /** Base64url ids, joined. */
  added?: string;
  removed?: string;
}

type Reply =
  | ['DONE' | 'EXPIRED' | 'BUSY' | 'LOST' | 'TOO_LARGE']
  | ['APPLY' | 'UNFINISHED', leaseUntil: string, more: number, adds: string, removes: string];

/**
 * Takes a peer from one state to the next across slots: its own slot first, where the changes that must
 * follow are written as intents; then the slots of its files; then the intents are removed. If the process crashes, the
 * next one that handles the peer applies the remaining intents.
 */
export function createTransitions(
  context: RedisContext,
  options: {
    connectionTimeoutMs: number;
    allowance: Allowance;
    /** Called with the shards whose outboxes grew; awaited before the change goes on. */
    appended: (shards: readonly number[], crowded: boolean) => Promise<void>;
  },
): { perform(transition: Transition): Promise<boolean> } {
  const { run, keys, time, faultPoint } = context;

  const begin = (token: string, { operation, peerId, event, added, removed }: Transition) =>
    run<Reply>('transition', keys.peer(peerId), [
      time(),
      peerId,
      token,
      operation,
      options.connectionTimeoutMs,
      CLOSED_CONNECTION_MEMORY_MS,
      STAGED_UPDATE_TTL_MS,
      PEER_LEASE_MS,
      MAX_CATALOG_IDS_PER_PEER,
      INTENTS_PER_STEP,
      JSON.stringify(event ?? {}),
      added ?? '',
      removed ?? '',
    ]);

  const apply = async (peerId: string, leaseUntil: string, adds: string, removes: string) => {
    const byShard = new Map<number, { adds: string; removes: string }>();
    for (const [kind, ids] of [['adds', splitIds(adds)] as const, ['removes', splitIds(removes)] as const])
      for (const id of ids) {
        const shard = shardOfFile(id);
        const entry = byShard.get(shard) ?? { adds: '', removes: '' };
        entry[kind] += id;
        byShard.set(shard, entry);
      }
    const changes = [...byShard.values()].reduce((sum, ids) => sum + ids.adds.length + ids.removes.length, 0);
    const waits = options.allowance.take(peerId, changes / ID_LENGTH) ? '' : '1';
    const deadline = Number(leaseUntil) - CLOCK_MARGIN_MS;
    const waiting = await Promise.all(
      [...byShard].map(async ([shard, ids]) => {
        faultPoint('before a shard');
        const prefix = keys.files(shard);
        const size = await run<number>(
          'apply',
          [keys.outbox(shard)],
          [
            time(),
            prefix,
            peerId,
            deadline,
            MAX_PEERS_PER_MATCH,
            ids.adds,
            ids.removes,
            waits,
            CROWDED_SHARD,
          ],
        );
        faultPoint('after a shard');
        return size;
      }),
    );
    await options.appended([...byShard.keys()], Math.max(0, ...waiting) > FULL_OUTBOX);
  };

  /** Applies intents until none are left. */
  const complete = async (token: string, peerId: string, first: Reply): Promise<void> => {
    const [record, , add, remove, , , , , repair] = keys.peer(peerId) as [string, ...string[]];
    let reply = first;
    while (reply[0] === 'APPLY' || reply[0] === 'UNFINISHED') {
      const [, leaseUntil, more, adds, removes] = reply;
      faultPoint('after the intents');
      await apply(peerId, leaseUntil, adds, removes);
      faultPoint('before the intents are removed');
      reply = await run<Reply>(
        'commit',
        [record, add!, remove!, repair!],
        more
          ? [time(), peerId, token, PEER_LEASE_MS, INTENTS_PER_STEP, 'some', adds, removes]
          : [time(), peerId, token, PEER_LEASE_MS, INTENTS_PER_STEP, 'all'],
      );
    }
  };

  return {
    /** @returns whether anything was to be done. @throws CatalogTooLarge, or what Redis answers. */
    async perform(transition) {
      const token = randomUUID();
      const { peerId } = transition;
      let busyDelay = BUSY_DELAY_MS;
      const deadline = Date.now() + 2 * PEER_LEASE_MS;
      for (;;) {
        const reply = await begin(token, transition);
        switch (reply[0]) {
          case 'TOO_LARGE':
            throw new CatalogTooLarge(peerId);
          case 'BUSY':
            // The process that has the lease completes its own work.
            if (transition.operation === 'resume' || transition.operation === 'expire') return false;
            if (Date.now() > deadline) throw new Error(`peer ${peerId} is being changed by another process`);
            await delay(busyDelay);
            busyDelay = Math.min(MAX_BUSY_DELAY_MS, 2 * busyDelay);
            continue;
          case 'UNFINISHED':
            await complete(token, peerId, reply);
            continue;
          case 'APPLY':
            await complete(token, peerId, reply);
            return true;
          default:
            return reply[0] === 'EXPIRED';
        }
      }
    },
  };
}
