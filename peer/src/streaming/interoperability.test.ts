import { hash } from 'node:crypto';
import type { PlaybackSignal } from '@giggityflix/proto';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { pieceHashOf } from '@giggityflix/proto/merkle';
import { createViewerClient } from '@giggityflix/proto/viewer-client';
import { PeerConnection } from 'node-datachannel';
import { expect, it } from 'vitest';
import { createIssuer, createTestPeer, readRange, shareRandomFile } from './testing.ts';

const SIZE = 2_000_000;
const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

it('streams to libdatachannel, an implementation of WebRTC of its own', async () => {
  const file = await shareRandomFile(SIZE);
  const issuer = await createIssuer();
  const viewer = new PeerConnection('viewer', { iceServers: [] });
  const peer = createTestPeer(file.source, issuer.jwks, {
    sendSignal({ signal }) {
      if (signal?.$case === 'description') viewer.setRemoteDescription(signal.value.sdp, 'answer');
      if (signal?.$case === 'candidate')
        viewer.addRemoteCandidate(signal.value.candidate, signal.value.sdpMid ?? '0');
    },
  });
  const send = (signal: PlaybackSignal['signal']) =>
    peer.streaming.handleSignal({
      sessionId: 's1',
      catalogId: Buffer.from(file.catalogId, 'hex'),
      signal,
      iceServers: [],
    });
  viewer.onLocalDescription((sdp) => send({ $case: 'description', value: { type: 'offer', sdp } }));
  viewer.onLocalCandidate((candidate, sdpMid) => send({ $case: 'candidate', value: { candidate, sdpMid } }));
  const channel = viewer.createDataChannel(DATA_CHANNEL_LABEL);
  const client = createViewerClient({
    catalogId: file.catalogId,
    sha256,
    hashPiece: (piece, size) => pieceHashOf(piece, size, sha256),
    send: (text) => channel.sendMessage(text),
  });
  channel.onMessage((message) =>
    client.receive(typeof message === 'string' ? message : new Uint8Array(message)),
  );
  await new Promise<void>((resolve) => channel.onOpen(resolve));

  await client.open({
    token: await issuer.sign('s1', file.catalogId),
    rendition: 'original',
    startSeconds: 0,
  });
  expect((await readRange(client, 0, SIZE)).equals(file.bytes)).toBe(true);

  viewer.close();
  // Its goodbye may be lost; then its silence tells, 20 s later.
  await expect.poll(() => peer.streaming.viewers(), { timeout: 28_000 }).toEqual([]);
  await peer.streaming.stop();
  await file.remove();
}, 60_000);
