import { Gauge, type Registry } from '@giggityflix/telemetry';
import type { PeerStatus } from './status.ts';

const READING_MS = 500;

/** The daemon's metrics beside those of streaming. */
export function createPeerMetrics(registry: Registry, read: () => PeerStatus): void {
  let last: { status: PeerStatus; at: number } | null = null;
  /** One reading serves all metrics of a scrape: counting a large index takes a while. */
  const status = (): PeerStatus => {
    if (!last || performance.now() - last.at > READING_MS) last = { status: read(), at: performance.now() };
    return last.status;
  };
  const registers = [registry];
  new Gauge({
    name: 'giggityflix_peer_files',
    help: 'Files in the index, by state',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, { files }] of Object.entries(status().library)) this.set({ state }, files);
    },
  });
  new Gauge({
    name: 'giggityflix_peer_hashed_bytes',
    help: 'Bytes hashed since the start',
    registers,
    collect() {
      this.set(status().scan.bytesHashed);
    },
  });
  new Gauge({
    name: 'giggityflix_peer_edge_connected',
    help: '1 while registered at an edge',
    registers,
    collect() {
      this.set(status().edge.state === 'connected' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'giggityflix_peer_unacknowledged_messages',
    help: 'Messages the edge has not acknowledged',
    registers,
    collect() {
      this.set(status().edge.unacknowledged);
    },
  });
}
