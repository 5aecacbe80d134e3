import { Gauge, type Registry } from '@giggityflix/platform';
import type { PeerStatus } from './status.ts';

/** The daemon's metrics beside those of streaming. */
export function createPeerMetrics(registry: Registry, status: () => PeerStatus): void {
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
