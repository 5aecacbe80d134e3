import { hash } from 'node:crypto';
import type { PlaybackSignal } from '@giggityflix/proto';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { pieceHashOf } from '@giggityflix/proto/merkle';
import { createViewerClient, type ViewerClient } from '@giggityflix/proto/viewer-client';
import { PeerConnection } from 'node-datachannel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssuer, createTestPeer, type Issuer, readRange, shareRandomFile } from './testing.ts';

const SIZE = 2_000_000;
const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

describe('a viewer on libdatachannel, an implementation of WebRTC of its own', () => {
  let file: Awaited<ReturnType<typeof shareRandomFile>>;
  let issuer: Issuer;
  let peer: ReturnType<typeof createTestPeer>;
  const listeners = new Map<string, (signal: PlaybackSignal['signal']) => void>();

  beforeAll(async () => {
    file = await shareRandomFile(SIZE);
    issuer = await createIssuer();
    peer = createTestPeer(file.source, issuer.jwks, {
      sendSignal: ({ sessionId, signal }) => listeners.get(sessionId)?.(signal),
    });
  });
  afterAll(async () => {
    await peer.streaming.stop();
    await file.remove();
  });

  /** Connects as a session of its own. */
  const connect = async (
    sessionId: string,
  ): Promise<{ client: ViewerClient; closed: Promise<void>; leave(): void }> => {
    const viewer = new PeerConnection(sessionId, { iceServers: [] });
    const send = (signal: PlaybackSignal['signal']) =>
      peer.streaming.handleSignal({
        sessionId,
        catalogId: Buffer.from(file.catalogId, 'hex'),
        signal,
        iceServers: [],
      });
    listeners.set(sessionId, (signal) => {
      if (signal?.$case === 'description') viewer.setRemoteDescription(signal.value.sdp, 'answer');
      if (signal?.$case === 'candidate')
        viewer.addRemoteCandidate(signal.value.candidate, signal.value.sdpMid ?? '0');
    });
    viewer.onLocalDescription((sdp) => send({ $case: 'description', value: { type: 'offer', sdp } }));
    viewer.onLocalCandidate((candidate, sdpMid) =>
      send({ $case: 'candidate', value: { candidate, sdpMid } }),
    );
    const channel = viewer.createDataChannel(DATA_CHANNEL_LABEL);
    const client = createViewerClient({
      catalogId: file.catalogId,
      sha256,
      hashPiece: (piece, size) => pieceHashOf(piece, size, sha256),
      send: (text) => void (channel.isOpen() && channel.sendMessage(text)),
    });
    channel.onMessage((message) =>
      client.receive(typeof message === 'string' ? message : new Uint8Array(message)),
    );
    const closed = new Promise<void>((resolve) => channel.onClosed(() => resolve()));
    await new Promise<void>((resolve) => channel.onOpen(resolve));
    return { client, closed, leave: () => viewer.close() };
  };
  const open = (client: ViewerClient, token: string) =>
    client.open({ token, rendition: 'original', startSeconds: 0 });

  it('gets the film, every piece proven', async () => {
    const viewer = await connect('s1');
    await open(viewer.client, await issuer.sign('s1', file.catalogId));
    expect((await readRange(viewer.client, 0, SIZE)).equals(file.bytes)).toBe(true);
    viewer.leave();
  });

  it('gets nothing for a token that is forged, has ended, is for something else or was used before', async () => {
    const stranger = await createIssuer();
    const used = await issuer.sign('s2', file.catalogId);
    const first = await connect('s2');
    await open(first.client, used);
    first.leave();
    const tokens = [
      await stranger.sign('s2', file.catalogId),
      await issuer.sign('s2', file.catalogId, { exp: Math.floor(Date.now() / 1_000) - 100 }),
      await issuer.sign('s3', file.catalogId),
      await issuer.sign('s2', 'ab'.repeat(32)),
      used,
    ];
    for (const token of tokens) {
      const viewer = await connect('s2');
      await expect(open(viewer.client, token)).rejects.toMatchObject({ code: 'unauthorized' });
      await expect(viewer.client.read(0, 1).next()).rejects.toMatchObject({ code: 'bad_message' });
      await viewer.closed;
      expect(viewer.client.receivedBytes()).toBe(0);
      viewer.leave();
    }
  });

  it('is let go of when it leaves without a word', async () => {
    // Its goodbye may be lost; then its silence tells, 20 s later.
    await expect.poll(() => peer.streaming.viewers(), { timeout: 28_000 }).toEqual([]);
  }, 30_000);
});
