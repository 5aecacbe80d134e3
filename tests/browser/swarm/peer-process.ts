import { readFile } from 'node:fs/promises';
import type { PlaybackSignal } from '@giggityflix/proto';
import { createRtcConnector } from '../../../peer/src/webrtc/connector.ts';
import type { CreateRtcConnection } from '../../../peer/src/webrtc/rtc.ts';
import { createTestPeer, shareFile } from '../../../peer/testing/streaming.ts';

/** To the process of a peer. */
export type ToPeer =
  | { type: 'share'; path: string; jwks: string; kbps: number }
  | { type: 'signal'; signal: Omit<PlaybackSignal, 'catalogId'> }
  /** From now on a bit of everything it sends of the film is wrong. */
  | { type: 'lie' }
  | { type: 'end' };
export type FromPeer =
  /** `copy`: the file that it shares, which it may not live to remove. */
  | { type: 'sharing'; copy: string }
  | { type: 'signal'; signal: Omit<PlaybackSignal, 'catalogId'> }
  | { type: 'sent'; bytes: number };

const REPORT_MS = 100;

const say = (message: FromPeer) => process.send?.(message);
let peer: ReturnType<typeof createTestPeer> | null = null;
let catalogId = Buffer.alloc(0);
let isLying = false;

const connect = createRtcConnector([]);
const createConnection: CreateRtcConnection = (iceServers, events) =>
  connect(iceServers, {
    ...events,
    channel: (channel) =>
      events.channel({
        ...channel,
        send(message) {
          if (typeof message === 'string' || !isLying) return channel.send(message);
          const flipped = Uint8Array.from(message);
          flipped[flipped.byteLength - 1]! ^= 1;
          return channel.send(flipped);
        },
      }),
  });

process.on('disconnect', () => process.exit(0));
process.on('message', async (message: ToPeer) => {
  switch (message.type) {
    case 'share': {
      const file = await shareFile(await readFile(message.path));
      catalogId = Buffer.from(file.catalogId, 'hex');
      peer = createTestPeer(file.source, message.jwks, {
        maxBandwidthKbps: message.kbps,
        createConnection,
        sendSignal: ({ sessionId, signal, iceServers }) =>
          say({ type: 'signal', signal: { sessionId, signal, iceServers } }),
      });
      const { streaming } = peer;
      setInterval(
        () =>
          say({
            type: 'sent',
            bytes: streaming.viewers().reduce((sum, { sentBytes }) => sum + sentBytes, 0),
          }),
        REPORT_MS,
      );
      return say({ type: 'sharing', copy: file.path });
    }
    case 'signal':
      return peer?.streaming.handleSignal({ ...message.signal, catalogId });
    case 'lie':
      isLying = true;
      return;
    case 'end':
      await peer?.streaming.stop();
      process.disconnect?.();
  }
});
