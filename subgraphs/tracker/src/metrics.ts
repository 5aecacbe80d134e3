import { Counter, Gauge, type Registry } from '@giggityflix/telemetry';
import type { TrackerState } from './state/state.ts';

/** What an operator watches of the tracker; `behindMs` is how long ago everything published was applied by it. */
export function createTrackerMetrics(
  registry: Registry,
  { state, behindMs }: { state: TrackerState; behindMs: () => number },
) {
  const registers = [registry];
  new Gauge({
    name: 'tracker_events_behind_seconds',
    help: 'Time within which events may have been published and not been applied; above 5 no peer expires',
    registers,
    collect() {
      this.set(behindMs() / 1_000);
    },
  });
  new Gauge({
    name: 'tracker_outbox_entries',
    help: 'Changes that are not on the bus yet',
    registers,
    async collect() {
      // A scrape while the state is unavailable still reports everything else.
      this.set(await state.outbox.size().catch(() => Number.NaN));
    },
  });
  new Gauge({
    name: 'tracker_peers',
    help: 'Peers, by state',
    labelNames: ['state'],
    registers,
    async collect() {
      const states = await state.registry.countStates().catch(() => ({}));
      for (const [name, count] of Object.entries(states)) this.set({ state: name }, count);
    },
  });
  return {
    events: new Counter({
      name: 'tracker_events_total',
      help: 'Events consumed, by type',
      labelNames: ['type'],
      registers,
    }),
    announcementsRequested: new Counter({
      name: 'tracker_announcements_requested_total',
      help: 'Connections that live and whose catalog nobody had announced: their peers are asked to announce it again',
      registers,
    }),
    published: new Counter({
      name: 'tracker_changes_published_total',
      help: 'Changes of availability and matches published',
      registers,
    }),
  };
}
