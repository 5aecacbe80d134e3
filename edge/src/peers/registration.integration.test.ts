import { generateKeyPairSync } from 'node:crypto';
import type { EdgeCommand } from '@giggityflix/bus';
import { rawPublicKey } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { startEdge } from '../../testing/edge.ts';
import { createTestPeer } from '../../testing/peer.ts';

describe('registration', () => {
  it('accepts a valid proof, and the bus has the connection before the peer gets its response', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    const registration = await peer.register();
    expect(edge.bus.values('peer.connection.established')).toEqual([
      {
        event_type: 'connected',
        peer_id: peer.peerId,
        edge_id: 'edge-1',
        connection_id: registration.connectionId,
        catalog_ids: [],
        network: expect.stringMatching(/^[\w-]{16}$/),
        timestamp: expect.any(String),
      },
    ]);
    expect(registration).toMatchObject({
      edgeId: 'edge-1',
      protocolVersion: 1,
      heartbeatIntervalSeconds: 30,
      timeoutSeconds: 120,
      maxMessageBytes: 524_288,
    });
    await peer.leave();
  });

  it.each([
    ['a wrong signature', { signature: Buffer.alloc(64) }, status.UNAUTHENTICATED],
    ['no signature', { signature: Buffer.alloc(0) }, status.UNAUTHENTICATED],
    ['a short key', { publicKey: Buffer.alloc(31) }, status.INVALID_ARGUMENT],
    ['an id with a slash', { peerId: 'a/b' }, status.INVALID_ARGUMENT],
    ['an empty id', { peerId: '' }, status.INVALID_ARGUMENT],
    ['an unknown protocol version', { protocolVersion: 99 }, status.FAILED_PRECONDITION],
    ['the derived id of another key', { peerId: `gf1${'a'.repeat(32)}` }, status.UNAUTHENTICATED],
    ['a reserved id that derives from no key', { peerId: 'gf1' }, status.UNAUTHENTICATED],
    ['a derived id in capitals', { peerId: `GF1${'A'.repeat(32)}` }, status.UNAUTHENTICATED],
  ])('refuses %s and publishes nothing', async (_what, changes, code) => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    await expect(peer.register(changes)).rejects.toMatchObject({ code });
    expect(edge.bus.published).toEqual([]);
  });

  it('gives a newer connection id after one of an edge whose clock is ahead, though that has ended', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    const ahead = uuidv7({ msecs: Date.now() + 120_000 });
    const entry = { peerId: peer.peerId, edgeId: 'edge-ahead', connectionId: ahead };
    await edge.state.directory.add(entry);
    await edge.state.directory.remove(entry);
    const { connectionId } = await peer.register();
    expect(connectionId > ahead).toBe(true);
    await peer.leave();
    const again = createTestPeer({ ...edge, privateKey: peer.privateKey });
    expect((await again.register()).connectionId > connectionId).toBe(true);
    await again.leave();
  });

  it('takes ids that differ in case alone for one peer’s', async () => {
    await using edge = await startEdge();
    const owner = createTestPeer({ ...edge, peerId: 'Living-Room' });
    await owner.register();
    await owner.leave();
    for (const peerId of ['living-room', 'LIVING-ROOM', 'Living-room']) {
      const thief = createTestPeer({ ...edge, peerId });
      await expect(thief.register()).rejects.toMatchObject({
        details: 'this peer id is bound to another key',
      });
    }
    for (const peerId of ['living-room', 'Living-Room']) {
      const again = createTestPeer({ ...edge, peerId, privateKey: owner.privateKey });
      await again.register();
      await again.leave();
    }
  });

  it('keeps an id that was bound before another one in another case', async () => {
    await using edge = await startEdge();
    const [first, second] = ['Attic', 'attic'].map((peerId) => createTestPeer({ ...edge, peerId }));
    await edge.state.peerKeys.bind('Attic', rawPublicKey(first!.privateKey));
    await edge.state.peerKeys.bind('attic', rawPublicKey(second!.privateKey));
    for (const peer of [first!, second!]) {
      await peer.register();
      await peer.leave();
    }
  });

  it('binds a custom id to the first key that proves itself', async () => {
    await using edge = await startEdge();
    const owner = createTestPeer({ ...edge, peerId: 'living-room' });
    await owner.register();
    await owner.leave();
    const thief = createTestPeer({ ...edge, peerId: 'living-room' });
    await expect(thief.register()).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      details: 'this peer id is bound to another key',
    });
    const again = createTestPeer({ ...edge, peerId: 'living-room', privateKey: owner.privateKey });
    await again.register();
    await again.leave();
  });

  it('does not bind an id to a key that only claimed it', async () => {
    await using edge = await startEdge();
    const liar = createTestPeer({ ...edge, peerId: 'attic' });
    await expect(liar.register({ signature: Buffer.alloc(64) })).rejects.toThrow();
    const owner = createTestPeer({ ...edge, peerId: 'attic' });
    await owner.register();
    await owner.leave();
  });

  it('asks for an enrolment token where the operator hands them out', async () => {
    await using edge = await startEdge({ enrolment: 'token', enrolmentTokens: ['first', 'second'] });
    await expect(createTestPeer(edge).register()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    await expect(createTestPeer(edge).register({ enrolmentToken: 'third' })).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
    });
    const peer = createTestPeer(edge);
    await peer.register({ enrolmentToken: 'second' });
    await peer.leave();
  });

  it('refuses any message before it', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    await peer.next('challenge');
    peer.send({ $case: 'keySetRequest', value: {} });
    expect(await peer.ended).toMatchObject({ code: status.FAILED_PRECONDITION });
  });

  it('ends the stream of a peer that does not register in time', async () => {
    await using edge = await startEdge({ registrationTimeoutMs: 50 });
    expect(await createTestPeer(edge).ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });

  it('refuses peers beyond its limit', async () => {
    await using edge = await startEdge({
      admission: { maxPeers: 1, maxPeersPerNetwork: 0, attemptsPerSecond: 0, burst: 1 },
    });
    const first = createTestPeer(edge);
    await first.register();
    expect(await createTestPeer(edge).ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await first.leave();
  });

  it('refuses a flood from one address', async () => {
    await using edge = await startEdge({
      admission: { maxPeers: 100, maxPeersPerNetwork: 0, attemptsPerSecond: 0.001, burst: 2 },
    });
    const admitted = [createTestPeer(edge), createTestPeer(edge)];
    await Promise.all(admitted.map((peer) => peer.register()));
    expect(await createTestPeer(edge).ended).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining('address'),
    });
    await Promise.all(admitted.map((peer) => peer.leave()));
  });

  it('is refused as unavailable while the bus takes no events', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    await peer.register();
    edge.bus.fail('no broker');
    peer.send({ $case: 'catalogUpdate', value: emptyUpdate }, 1);
    await expect.poll(async () => (await edge.edge.ready()).ready).toBe(false);
    await expect(createTestPeer(edge).register()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    edge.bus.fail(null);
    expect(await peer.next('acknowledgement')).toEqual({ sequence: 1 });
    await peer.leave();
  });

  it('lets a newer connection of a peer replace the older one, whose end comes first', async () => {
    await using edge = await startEdge();
    const { privateKey } = generateKeyPairSync('ed25519');
    const older = createTestPeer({ ...edge, privateKey });
    const first = await older.register();
    const newer = createTestPeer({ ...edge, privateKey });
    const second = await newer.register();
    expect(await older.ended).toMatchObject({ code: status.ABORTED });
    expect(second.connectionId > first.connectionId).toBe(true);
    expect(
      edge.bus.published.map(({ topic, value }) => [
        topic.type,
        (value as { connection_id: string }).connection_id,
      ]),
    ).toEqual([
      ['peer.connection.established', first.connectionId],
      ['peer.connection.closed', first.connectionId],
      ['peer.connection.established', second.connectionId],
    ]);
    expect(edge.bus.values('peer.connection.closed')[0]).toMatchObject({ reason: 'replaced' });
    older.vanish();
    await newer.leave();
    await expect
      .poll(() => edge.bus.values('peer.connection.closed').map(({ reason }) => reason))
      .toEqual(['replaced', 'closed_by_peer']);
  });

  it('lets a newer connection at another edge end the older one, and a late notice of it no newer one', async () => {
    await using one = await startEdge();
    await using two = await startEdge({ edgeId: 'edge-2' }, { bus: one.bus, state: one.state });
    const { privateKey } = generateKeyPairSync('ed25519');
    const notices = () =>
      one.bus.published.filter(({ value }) => (value as EdgeCommand).type === 'connection_replaced');
    const older = createTestPeer({ ...one, privateKey });
    await older.register();
    const newer = createTestPeer({ ...two, privateKey });
    await newer.register();
    await expect
      .poll(notices)
      .toMatchObject([{ topic: { name: 'edge-commands-edge-1' }, key: older.peerId }]);
    const toOne = () => one.bus.deliver('edge-commands-edge-1', older.peerId, notices()[0]?.value);
    await toOne();
    expect(await older.ended).toMatchObject({ code: status.ABORTED });
    expect(one.bus.values('peer.connection.closed')).toMatchObject([
      { edge_id: 'edge-1', reason: 'replaced' },
    ]);

    const newest = createTestPeer({ ...one, privateKey });
    await newest.register();
    await expect.poll(notices).toHaveLength(2);
    await toOne();
    await one.bus.deliver('edge-commands-edge-2', older.peerId, notices()[1]?.value);
    expect(await newer.ended).toMatchObject({ code: status.ABORTED });
    expect(await newest.leave()).toMatchObject({ code: status.OK });
  });
});

const emptyUpdate = { full: true, catalogIds: [], removedCatalogIds: [], updateId: '', final: true };
