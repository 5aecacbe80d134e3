import { Counter, Gauge, Histogram, type Registry } from '@giggityflix/telemetry';
import type { DemotionStore } from './demotions/demotions.ts';
import { SOURCE_PROBLEMS } from './signalling/negotiations.ts';

/** Demoted peers that are named, those reported last: each is a series of its own. */
const MAX_NAMED_PEERS = 20;

/** Every metric of the service. */
export function createViewingMetrics(
  registry: Registry,
  { demotions }: { demotions: () => Pick<DemotionStore, 'count' | 'list'> },
) {
  const registers = [registry];
  // A scrape while the state is unavailable still reports everything else.
  new Gauge({
    name: 'viewing_demoted_peers',
    help: 'Peers that are chosen last, because players reported that they sent what is not of the file',
    registers,
    async collect() {
      this.set(
        await demotions()
          .count()
          .catch(() => Number.NaN),
      );
    },
  });
  new Gauge({
    name: 'viewing_demoted_peer_reporting_accounts',
    help: `Accounts that reported a peer, of the ${MAX_NAMED_PEERS} peers that were reported last`,
    labelNames: ['peer'] as const,
    registers,
    async collect() {
      const demoted = await demotions()
        .list(MAX_NAMED_PEERS)
        .catch(() => []);
      this.reset();
      for (const { peerId, accounts } of demoted) this.set({ peer: peerId }, accounts);
    },
  });
  const sourceProblems = new Counter({
    name: 'viewing_source_problems_total',
    help: 'Peers that players left, by what they did wrong',
    labelNames: ['problem'] as const,
    registers,
  });
  for (const problem of SOURCE_PROBLEMS) sourceProblems.inc({ problem }, 0);
  return {
    sourceProblems,
    sessionsRequested: new Counter({
      name: 'viewing_sessions_requested_total',
      help: 'Playback sessions requested, by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
    actions: new Counter({
      name: 'viewing_session_actions_total',
      help: 'Heartbeats, pauses, resumes, stops and terminations, by outcome',
      labelNames: ['action', 'outcome'] as const,
      registers,
    }),
    sessionsExpired: new Counter({
      name: 'viewing_sessions_expired_total',
      help: 'Sessions the sweeper ended because their lease had expired',
      registers,
    }),
    heartbeatsDropped: new Counter({
      name: 'viewing_heartbeat_events_dropped_total',
      help: 'Heartbeats that renewed their lease but are not published, because too many events wait for the bus',
      registers,
    }),
    signals: new Counter({
      name: 'viewing_signals_total',
      help: 'WebRTC signals sent to peers, by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: 'viewing_rate_limited_total',
      help: 'Requests refused by a rate limit, by what was limited',
      labelNames: ['by'] as const,
      registers,
    }),
    breaker: new Gauge({
      name: 'viewing_upstream_breaker_open',
      help: '1 while the circuit breaker to an upstream is not closed',
      labelNames: ['upstream'] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'viewing_rest_request_seconds',
      help: 'Time to answer a REST request',
      labelNames: ['route', 'status'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
  };
}

export type ViewingMetrics = ReturnType<typeof createViewingMetrics>;
