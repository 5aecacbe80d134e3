import { hash } from 'node:crypto';
import { type HoldingChallenge, HoldingProof } from '@giggityflix/proto';
import { BLOCK_SIZE } from '@giggityflix/proto/data-channel';
import { challengedBlock } from '@giggityflix/proto/holding';
import { hashPair } from '@giggityflix/proto/merkle';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inMs } from '../../testing/commands.ts';
import { type RunningEdge, startEdge, topics } from '../../testing/edge.ts';
import { createTestPeer, type TestPeer } from '../../testing/peer.ts';
import { FILES_PER_ANNOUNCEMENT, MAX_PENDING } from './holdings.ts';

const sha256 = (data: Uint8Array) => hash('sha256', data, 'buffer');
const blocks = [Buffer.alloc(BLOCK_SIZE, 'a'), Buffer.alloc(BLOCK_SIZE, 'b')];
const leaves = blocks.map(sha256);
const rawId = Buffer.from(hashPair(leaves[0]!, leaves[1]!, sha256));
const ID = rawId.toString('hex');
const sizeBytes = 2 * BLOCK_SIZE;

let edge: RunningEdge;
let peer: TestPeer;

beforeEach(async () => {
  edge = await startEdge({ holdings: { timeoutMs: 300, recheckMs: 600_000, challengesPerSecond: 100 } });
  peer = createTestPeer(edge);
});
afterEach(async () => {
  peer.vanish();
  await edge[Symbol.asyncDispose]();
});

const announce = (catalogIds = [rawId], changes = {}) =>
  peer.send({
    $case: 'catalogUpdate',
    value: { full: false, catalogIds, removedCatalogIds: [], updateId: '', final: true, ...changes },
  });
const answer = ({ challengeId, position, catalogId }: HoldingChallenge, changes = {}) => {
  const index = challengedBlock(position, sizeBytes);
  const value = { challengeId, catalogId, sizeBytes, block: blocks[index]!, path: [leaves[index ^ 1]!] };
  peer.send({ $case: 'holdingProof', value: HoldingProof.fromPartial({ ...value, ...changes }) });
};
const outcomes = () => edge.bus.values('peer.holding.checked').map(({ outcome }) => outcome);
const offer = (session = 's-1') =>
  edge.bus.deliver(topics.edgeCommands('edge-1').name, peer.peerId, {
    type: 'stream_signal',
    request_id: session,
    peer_id: peer.peerId,
    expires_at: inMs(10_000),
    parameters: {
      session_id: session,
      catalog_id: ID,
      signal: { kind: 'description', description: { type: 'offer', sdp: 'v=0' } },
    },
  });
const losses = () => edge.bus.values('peer.playback.signals');

describe('a peer that announces a file', () => {
  it('is asked for a block of it, and what comes of it is published', async () => {
    const { connectionId } = await peer.register({ protocolVersion: 2 });
    announce();
    answer(await peer.next('holdingChallenge'));
    await vi.waitFor(() => expect(outcomes()).toEqual(['proven']));
    expect(edge.bus.values('peer.holding.checked')[0]).toMatchObject({
      peer_id: peer.peerId,
      edge_id: 'edge-1',
      connection_id: connectionId,
      catalog_id: ID,
    });
  });

  it.each([
    ['other bytes', { block: Buffer.alloc(BLOCK_SIZE, 'x') }],
    ['a path that is too short', { path: [] }],
    ['nothing', { block: Buffer.alloc(0), path: [], sizeBytes: 0 }],
  ])('fails with %s', async (_what, changes) => {
    await peer.register({ protocolVersion: 2 });
    announce();
    answer(await peer.next('holdingChallenge'), changes);
    await vi.waitFor(() => expect(outcomes()).toEqual(['failed']), { timeout: 10_000 });
  });

  it('does not fail for a file that goes as it is asked for it', async () => {
    await peer.register({ protocolVersion: 2 });
    announce();
    const denied = await peer.next('holdingChallenge');
    answer(denied, { block: Buffer.alloc(0), path: [], sizeBytes: 0 });
    announce([], { removedCatalogIds: [rawId] });
    announce();
    answer(await peer.next('holdingChallenge'));
    await vi.waitFor(() => expect(outcomes()).toEqual(['proven']));
    // Denied later, this one fails later.
    announce([Buffer.alloc(32, 'z')]);
    answer(await peer.next('holdingChallenge'), { block: Buffer.alloc(0), path: [], sizeBytes: 0 });
    await vi.waitFor(() => expect(outcomes()).toHaveLength(2), { timeout: 10_000 });
    expect(
      edge.bus.values('peer.holding.checked').map(({ catalog_id, outcome }) => [catalog_id, outcome]),
    ).toEqual([
      [ID, 'proven'],
      [Buffer.alloc(32, 'z').toString('hex'), 'failed'],
    ]);
  });

  it('is believed again when its proof comes late', async () => {
    await peer.register({ protocolVersion: 2 });
    announce();
    const challenge = await peer.next('holdingChallenge');
    await vi.waitFor(() => expect(outcomes()).toEqual(['unanswered']));
    answer(challenge);
    await vi.waitFor(() => expect(outcomes()).toEqual(['unanswered', 'proven']));
  });

  it('is asked for a few of many files, and no more however often it announces', async () => {
    await peer.register({ protocolVersion: 2 });
    const many = Array.from({ length: 100 }, (_, n) => Buffer.alloc(32, n));
    announce(many);
    for (let asked = 0; asked < FILES_PER_ANNOUNCEMENT - 1; asked += 1) await peer.next('holdingChallenge');
    for (let n = 0; n < 50; n += 1) announce(many.map((id) => sha256(Buffer.concat([id, Buffer.of(n)]))));
    await peer.leave();
    const asked = peer.received.filter(({ $case }) => $case === 'holdingChallenge');
    expect(asked.length).toBeLessThanOrEqual(MAX_PENDING);
  });

  it('is not asked where it speaks version 1, and a withdrawn file is of no interest', async () => {
    await peer.register();
    announce();
    await offer();
    await peer.next('playbackSignal');
    await peer.leave();
    expect(peer.received.some(({ $case }) => $case === 'holdingChallenge')).toBe(false);
    expect(outcomes()).toEqual([]);
  });
});

describe('a viewer that is sent to a peer', () => {
  it('learns within the time-out that the peer did not prove the file', async () => {
    await peer.register({ protocolVersion: 2 });
    await offer();
    await peer.next('holdingChallenge');
    await vi.waitFor(() =>
      expect(losses()).toMatchObject([{ session_id: 's-1', peer_id: peer.peerId, signal: { kind: 'lost' } }]),
    );
    expect(outcomes()).toEqual(['unanswered']);
  });

  it('learns it at once from a peer that answers wrongly', async () => {
    await peer.register({ protocolVersion: 2 });
    await offer();
    answer(await peer.next('holdingChallenge'), { block: Buffer.from('wrong') });
    await vi.waitFor(() => expect(losses()).toHaveLength(1));
    expect(outcomes()).toEqual(['failed']);
  });

  it('learns it at once from a peer that has no such file, as does who comes next', async () => {
    await edge[Symbol.asyncDispose]();
    edge = await startEdge({ holdings: { timeoutMs: 60_000, recheckMs: 600_000, challengesPerSecond: 100 } });
    peer = createTestPeer(edge);
    await peer.register({ protocolVersion: 2 });
    await offer();
    answer(await peer.next('holdingChallenge'), { block: Buffer.alloc(0), path: [], sizeBytes: 0 });
    await vi.waitFor(() => expect(losses()).toHaveLength(1));
    await offer('s-2');
    await vi.waitFor(() => expect(losses()).toHaveLength(2));
    expect(outcomes()).toEqual([]);
  });

  it('is not troubled where the file was proven lately', async () => {
    await peer.register({ protocolVersion: 2 });
    await offer();
    answer(await peer.next('holdingChallenge'));
    await vi.waitFor(() => expect(outcomes()).toEqual(['proven']));
    await offer('s-2');
    await peer.leave();
    expect(peer.received.filter(({ $case }) => $case === 'holdingChallenge')).toHaveLength(1);
    expect(losses()).toEqual([]);
  });
});
