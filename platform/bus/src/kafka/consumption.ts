import { notReady, READY, type Readiness } from '@giggityflix/kernel';
import type { BusMetrics } from '../metrics.ts';
import type { Reachability } from './reachability.ts';

/** How long a consumer may take to join its group again, with a bus that answers, before its process is not ready, in milliseconds. */
const GRACE_MS = 15_000;
/** A consumer hears of a broker several times in a session timeout; one that hears nothing for so many of them hangs. */
const SILENT_SESSIONS = 3;
/** How often the bus is asked while a consumer receives no records, in milliseconds. */
const WATCH_MS = 1_000;

/** What is known of one consumer. */
export interface ConsumerState {
  /** Called when records begin to arrive, and when they no longer do. */
  consuming(isConsuming: boolean): void;
  /** Called when a broker answered it, be it with nothing. */
  heard(): void;
  /** It is not wanted any more. */
  ended(): void;
}

/** Whether the consumers of a process receive records, for its metrics and its readiness. */
export interface Consumption {
  add(name: string): ConsumerState;
  /**
   * Not ready when a consumer receives no records for a while although the bus answers: another process would serve better.
   * While the bus cannot be reached the process is as ready as any other, and names what it serves without. When it answers
   * again, consumers have as long to join their groups as they had at first.
   */
  ready(): Promise<Readiness>;
  stop(): void;
}

interface Entry {
  readonly name: string;
  /** Since when it receives no records, in milliseconds since 1970; null while it does. */
  downSince: number | null;
  heardAt: number;
}

export function createConsumption(options: {
  sessionTimeoutMs: number;
  /** Whether the bus can be reached; asked only while a consumer receives no records. */
  reachability: Pick<Reachability, 'current'>;
  metrics: Pick<BusMetrics, 'consuming'>;
  clock?: () => number;
}): Consumption {
  const { metrics, reachability, clock = Date.now } = options;
  const silenceMs = SILENT_SESSIONS * options.sessionTimeoutMs;
  const entries = new Set<Entry>();

  const downSince = ({ downSince, heardAt }: Entry): number | null =>
    downSince ?? (clock() - heardAt > silenceMs ? heardAt : null);

  /** Several consumers may have one name: they are up when all of them are. */
  const report = (name: string) => {
    const named = [...entries].filter((entry) => entry.name === name);
    metrics.consuming(
      name,
      named.every((entry) => downSince(entry) === null),
    );
  };
  // What hangs reports nothing itself.
  const reporting = setInterval(() => {
    for (const name of new Set([...entries].map((entry) => entry.name))) report(name);
  }, options.sessionTimeoutMs).unref();
  // Nobody may ask for readiness during an outage, and its end counts.
  const watching = setInterval(() => {
    if ([...entries].some((entry) => downSince(entry) !== null)) void reachability.current();
  }, WATCH_MS).unref();

  return {
    add(name) {
      const entry: Entry = { name, downSince: clock(), heardAt: clock() };
      entries.add(entry);
      report(name);
      return {
        consuming(isConsuming) {
          entry.heardAt = clock();
          entry.downSince = isConsuming ? null : (entry.downSince ?? clock());
          report(name);
        },
        heard() {
          entry.heardAt = clock();
        },
        ended() {
          entries.delete(entry);
        },
      };
    },
    async ready() {
      const down = [...entries].flatMap((entry) => {
        const since = downSince(entry);
        return since === null ? [] : [{ name: entry.name, since }];
      });
      if (down.length === 0) return READY;
      const unavailable = [...new Set(down.map(({ name }) => `the consumer ${name}`))];
      const bus = await reachability.current();
      if (!bus.reachable) return { ready: true, unavailable: [`the bus (${bus.problem})`, ...unavailable] };
      const dead = down.find(({ since }) => clock() - Math.max(since, bus.since) > GRACE_MS);
      if (!dead) return { ready: true, unavailable };
      const seconds = Math.round((clock() - dead.since) / 1_000);
      return notReady(`the consumer ${dead.name} receives no records since ${seconds} s`);
    },
    stop() {
      clearInterval(reporting);
      clearInterval(watching);
      entries.clear();
    },
  };
}
