import type { KeyObject } from 'node:crypto';
import type { Command, ConnectRequest } from '@giggityflix/proto';
import { createTestPeer, type TestPeer } from './peer.ts';

type Outgoing = NonNullable<ConnectRequest['message']>;

/** How long it waits before it connects again, in milliseconds. */
const RECONNECT_MS = 50;

/**
 * A peer that keeps its messages until they are acknowledged, and sends them again on its next connection, as the
 * protocol asks of peers.
 */
export function createOutboxPeer(options: {
  /** Where to connect this time. */
  port: () => number;
  privateKey?: KeyObject;
  peerId?: string;
  /** Its response to a command. */
  answer?: (command: Command) => Outgoing;
}) {
  const unacknowledged: { sequence: number; message: Outgoing }[] = [];
  let sequence = 0;
  let acknowledged = 0;
  let stopped = false;
  let connections = 0;
  let current: TestPeer | null = null;
  let registered = false;
  let identity: Pick<TestPeer, 'peerId' | 'privateKey'> | undefined;

  const send = (message: Outgoing): number => {
    unacknowledged.push({ sequence: ++sequence, message });
    if (registered) current?.send(message, sequence);
    return sequence;
  };
  const respond = async (peer: TestPeer) => {
    try {
      for (;;) {
        const command = await peer.next('command');
        if (options.answer) send(options.answer(command));
      }
    } catch {
      // The stream is over; the next one has its own.
    }
  };

  const connectAgain = async () => {
    while (!stopped) {
      const peer = createTestPeer({ ...options, ...identity, port: options.port() });
      identity = { peerId: peer.peerId, privateKey: peer.privateKey };
      current = peer;
      try {
        await peer.register();
        registered = true;
        connections++;
        void respond(peer);
        void peer.next('drain').then(
          () => {
            // A message after the half-close would destroy the stream, and its status would not arrive.
            registered = false;
            peer.call.end();
          },
          () => {},
        );
        for (const entry of unacknowledged) peer.send(entry.message, entry.sequence);
        for (;;) {
          const { sequence: upTo } = await peer.next('acknowledgement');
          acknowledged = Math.max(acknowledged, upTo);
          while (unacknowledged[0] && unacknowledged[0].sequence <= upTo) unacknowledged.shift();
        }
      } catch {
        registered = false;
        if (!stopped) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  };
  const running = connectAgain();

  return {
    peerId: () => identity?.peerId,
    send,
    acknowledged: () => acknowledged,
    connections: () => connections,
    /** Breaks the connection; a new one follows. */
    cut: () => current?.vanish(),
    async stop(): Promise<void> {
      stopped = true;
      current?.vanish();
      await running;
    },
  };
}
