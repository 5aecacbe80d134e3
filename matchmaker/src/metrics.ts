import { Counter, Gauge, Histogram, type Registry } from '@giggityflix/telemetry';

/** Why a datagram was dropped. */
export type DropReason =
  | 'rate_limited'
  | 'unproven_address'
  | 'bad_source'
  | 'not_for_servers'
  | 'malformed_stun'
  | 'overloaded'
  | 'store_failed'
  | 'send_failed';

export interface MatchmakerMetrics {
  /** Datagrams received, by what they were. */
  received(kind: 'stun' | 'register' | 'connect' | 'invalid' | 'answer'): void;
  sent(kind: 'stun' | 'your_addr' | 'peer' | 'error'): void;
  dropped(reason: DropReason): void;
  storeSeconds: Histogram;
}

/**
 * Counts in plain numbers that are handed over when collected: a labelled counter's lookup for each
 * datagram would cost more than answering it.
 */
export function createMatchmakerMetrics(
  registry: Registry,
  deps: { registrations: () => number },
): MatchmakerMetrics {
  const tally = (name: string, help: string, label: string) => {
    const counts: Record<string, number> = {};
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(counts)) this.inc({ [label]: value }, count);
      },
    });
    return (value: string) => {
      counts[value] = (counts[value] ?? 0) + 1;
    };
  };
  new Gauge({
    name: 'matchmaker_registrations',
    help: 'Live registrations of this instance',
    registers: [registry],
    collect() {
      this.set(deps.registrations());
    },
  });
  return {
    received: tally('matchmaker_datagrams_received_total', 'Datagrams received, by kind', 'kind'),
    sent: tally('matchmaker_datagrams_sent_total', 'Datagrams sent, by kind', 'kind'),
    dropped: tally('matchmaker_datagrams_dropped_total', 'Datagrams dropped, by reason', 'reason'),
    storeSeconds: new Histogram({
      name: 'matchmaker_store_seconds',
      help: 'Seconds a request waits for the shared registrations',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1, 5],
      registers: [registry],
    }),
  };
}
