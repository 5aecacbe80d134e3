import { randomUUID } from 'node:crypto';
import type { Bus, EdgeCommand, Topics } from '@giggityflix/bus';
import type { ConnectionHeartbeat } from './registry.ts';

/** An edge that reads a request later than this gets the next one instead: heartbeats go on. */
const USEFUL_MS = 60_000;

/** Has an edge ask peers to announce everything that they share; peers that already do are not disturbed. */
export async function requestAnnouncements(
  edgeId: string,
  connections: readonly ConnectionHeartbeat[],
  { bus, topics }: { bus: Bus; topics: Topics },
): Promise<void> {
  const topic = topics.edgeCommands(edgeId);
  const expiresAt = new Date(Date.now() + USEFUL_MS).toISOString();
  await Promise.all(
    connections.map(({ peerId, connectionId }) => {
      const value: EdgeCommand = {
        type: 'announce_again',
        request_id: randomUUID(),
        peer_id: peerId,
        expires_at: expiresAt,
        parameters: { connection_id: connectionId },
      };
      return bus.publish({ topic, key: peerId, value });
    }),
  );
}
