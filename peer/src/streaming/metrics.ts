import { Counter, Gauge, type Registry } from '@giggityflix/telemetry';

/** Every metric of streaming. */
export function createStreamingMetrics(registry: Registry, counts: { viewers(): number; waiting(): number }) {
  const registers = [registry];
  new Gauge({
    name: 'giggityflix_peer_streams',
    help: 'Viewers being served',
    registers,
    collect() {
      this.set(counts.viewers());
    },
  });
  new Gauge({
    name: 'giggityflix_peer_conversions_waiting',
    help: 'Viewers that wait until there is room to convert their film',
    registers,
    collect() {
      this.set(counts.waiting());
    },
  });
  return {
    sentBytes: new Counter({
      name: 'giggityflix_peer_sent_bytes_total',
      help: 'Bytes of films sent to viewers',
      registers,
    }),
    sessions: new Counter({
      name: 'giggityflix_peer_stream_sessions_total',
      help: 'Playback sessions that ended, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    refusedOffers: new Counter({
      name: 'giggityflix_peer_refused_offers_total',
      help: 'Offers not answered, by reason',
      labelNames: ['reason'],
      registers,
    }),
  };
}
