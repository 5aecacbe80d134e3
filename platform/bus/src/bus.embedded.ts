import { type Logger, READY } from '@giggityflix/kernel';
import type { BroadcastOptions, Bus, Consumer, Route } from './bus.ts';
import { deliverOnce, routesByTopic } from './delivery.ts';
import { createEmbeddedMember, type EmbeddedMember } from './embedded/member.ts';
import { createEmbeddedPublisher, type EmbeddedPublisher } from './embedded/publisher.ts';
import { createEmbeddedStore, type EmbeddedStore } from './embedded/store.ts';
import { createWake, type Wake } from './embedded/wake.ts';
import { type BusMetrics, NO_BUS_METRICS } from './metrics.ts';
import { createPublish } from './publishing.ts';

export interface EmbeddedBusConfig {
  /** The SQLite file that all processes of the machine share. */
  path: string;
  /** How long records are kept after every group consumed them, in milliseconds. Default 10 minutes. */
  consumedRetentionMs?: number;
  /** How often old records are deleted, in milliseconds. Default a minute. */
  sweepIntervalMs?: number;
}

interface Broadcast {
  topics: readonly string[];
  routes: ReadonlyMap<string, Route>;
  position: number;
  /** Records published before are left out; milliseconds since 1970. */
  since: number;
  /** Records are handed over one after the other, each key's in order. */
  tail: Promise<void>;
  stopped: boolean;
}

/** Records that nobody consumed, and groups without members, are kept for a week, as Kafka does by default. */
const RETENTION_MS = 7 * 24 * 3_600_000;
/** Records that every group consumed are kept for a while for people who inspect the file. */
const CONSUMED_RETENTION_MS = 10 * 60_000;
const SWEEP_INTERVAL_MS = 60_000;
/** Records deleted in one transaction, during which other processes cannot publish. */
const SWEEP_BATCH = 2_000;

/** Records a broadcast reads in one go. */
const BROADCAST_BATCH = 500;

/**
 * A bus in a SQLite file (write-ahead log), for the processes of one machine. Records survive the crash of any
 * process; a power cut may lose the last moments.
 */
export function createEmbeddedBus(
  config: EmbeddedBusConfig,
  deps: { clientId: string; logger: Logger; metrics?: BusMetrics },
): Bus {
  const { clientId, logger } = deps;
  const metrics = deps.metrics ?? NO_BUS_METRICS;
  let open: { store: EmbeddedStore; wake: Wake; publisher: EmbeddedPublisher } | null = null;
  const members = new Set<EmbeddedMember>();
  const broadcasts = new Set<Broadcast>();
  let sweeper: NodeJS.Timeout | undefined;
  /** Records up to here have been noticed. */
  let seen = 0;

  const opened = () => {
    if (!open) throw new Error('the bus is not started');
    return open;
  };

  const scan = () => {
    if (!open) return;
    try {
      const last = open.store.lastId();
      if (last === seen) return;
      if (members.size > 0) {
        const places = open.store.changed(seen, last);
        for (const member of members) member.notice(places);
      }
      seen = last;
      for (const broadcast of broadcasts) readBroadcast(broadcast, open.store);
    } catch (error) {
      logger.warn({ err: error }, 'cannot read the bus file, trying again');
    }
  };

  const readBroadcast = (broadcast: Broadcast, store: EmbeddedStore) => {
    const upTo = seen;
    for (;;) {
      const records = store.readTopics(broadcast.topics, broadcast.position, BROADCAST_BATCH);
      for (const record of records) {
        broadcast.position = Number(record.offset);
        if (record.timestamp < broadcast.since) continue;
        broadcast.tail = broadcast.tail.then(() =>
          broadcast.stopped ? undefined : deliverOnce(record, broadcast.routes, logger),
        );
      }
      if (records.length < BROADCAST_BATCH) break;
    }
    broadcast.position = Math.max(broadcast.position, upTo);
  };

  const sweep = () => {
    if (!open) return;
    try {
      const now = Date.now();
      const retention = config.consumedRetentionMs ?? CONSUMED_RETENTION_MS;
      const deleted = open.store.sweep(now - RETENTION_MS, now - retention, SWEEP_BATCH);
      if (deleted === SWEEP_BATCH) setImmediate(sweep);
    } catch (error) {
      logger.warn({ err: error }, 'cannot delete old records, trying again later');
    }
  };

  return {
    async start() {
      if (open) return;
      const store = createEmbeddedStore(config.path);
      seen = store.lastId();
      const wake = createWake(`${config.path}-wake`, scan);
      sweeper = setInterval(sweep, config.sweepIntervalMs ?? SWEEP_INTERVAL_MS);
      sweeper.unref();
      open = { store, wake, publisher: createEmbeddedPublisher(store, () => wake.ring()) };
      metrics.connected(true);
    },

    async stop() {
      if (!open) return;
      const { store, wake, publisher } = open;
      await Promise.all([...members].map((member) => member.stop()));
      for (const broadcast of broadcasts) broadcast.stopped = true;
      await Promise.all([...broadcasts].map(({ tail }) => tail));
      members.clear();
      broadcasts.clear();
      publisher.flush();
      open = null;
      clearInterval(sweeper);
      wake.close();
      store.close();
    },

    async check() {
      opened().store.lastId();
    },

    ready: async () => READY,

    publish: createPublish({ clientId, metrics, send: async (records) => opened().publisher.send(records) }),

    async consume(options) {
      const { store, publisher } = opened();
      const send = (record: Parameters<typeof publisher.send>[0][number]) => publisher.send([record]);
      const member = createEmbeddedMember(options, { store, send, logger, metrics });
      members.add(member);
      metrics.consuming(options.groupId, true);
      return {
        caughtUpAt: member.caughtUpAt,
        async stop() {
          await member.stop();
          members.delete(member);
        },
      };
    },

    async broadcast(options: BroadcastOptions): Promise<Consumer> {
      const { store } = opened();
      const routes = routesByTopic(options.routes);
      const broadcast: Broadcast = {
        topics: [...routes.keys()],
        routes,
        position: options.since === undefined ? store.lastId() : 0,
        since: options.since ?? 0,
        tail: Promise.resolve(),
        stopped: false,
      };
      broadcasts.add(broadcast);
      metrics.consuming(`${clientId}.broadcast`, true);
      if (options.since !== undefined) readBroadcast(broadcast, store);
      return {
        async stop() {
          broadcasts.delete(broadcast);
          broadcast.stopped = true;
          await broadcast.tail;
        },
      };
    },
  };
}
