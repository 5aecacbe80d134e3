import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { startEdge, testConfig } from '../../testing/edge.ts';
import { createTestPeer } from '../../testing/peer.ts';
import { openState } from '../state/open.ts';

describe('the end of a connection', () => {
  it('is published with its reason when the peer closes the stream', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    const { connectionId } = await peer.register();
    expect(await peer.leave()).toMatchObject({ code: status.OK });
    await expect
      .poll(() => edge.bus.values('peer.connection.closed'))
      .toMatchObject([
        { peer_id: peer.peerId, edge_id: 'edge-1', connection_id: connectionId, reason: 'closed_by_peer' },
      ]);
  });

  it('is published without waiting for any timeout when the process of a peer is killed', async () => {
    await using edge = await startEdge();
    const program = fileURLToPath(new URL('../../testing/peer-process.ts', import.meta.url));
    const child = spawn(process.execPath, [program, String(edge.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await expect
      .poll(() => edge.bus.values('peer.connection.closed'))
      .toMatchObject([{ reason: 'stream_error' }]);
  });

  it('is published when the peer sends nothing in time', async () => {
    await using edge = await startEdge({ peerTimeoutMs: 120 });
    const peer = createTestPeer(edge);
    await peer.register();
    expect(await peer.ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await expect.poll(() => edge.bus.values('peer.connection.closed')).toMatchObject([{ reason: 'timeout' }]);
  });

  it('is noticed when the network drops everything without a reset', async () => {
    await using edge = await startEdge({
      grpc: { ...testConfig.grpc, keepaliveTimeMs: 60, keepaliveTimeoutMs: 60 },
    });
    const proxy = await droppingProxy(edge.port);
    const peer = createTestPeer({ port: proxy.port });
    await peer.register();
    proxy.drop();
    await expect
      .poll(() => edge.bus.values('peer.connection.closed'))
      .toMatchObject([{ reason: 'stream_error' }]);
    proxy.close();
  });

  it('comes after everything the peer sent', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    await peer.register();
    const update = { full: true, catalogIds: [], removedCatalogIds: [], updateId: '', final: true };
    for (let sequence = 1; sequence <= 30; sequence++)
      peer.send({ $case: 'catalogUpdate', value: update }, sequence);
    await peer.leave();
    await expect.poll(() => edge.bus.values('peer.connection.closed')).toHaveLength(1);
    expect(edge.bus.published.at(-1)?.topic.type).toBe('peer.connection.closed');
    expect(edge.bus.values('peer.catalog.updated')).toHaveLength(30);
  });

  it('of an earlier run that was killed is published on the next start', async () => {
    const state = await openState({ kind: 'embedded', path: ':memory:' });
    const connectionId = '018f0000-0000-7000-8000-000000000000';
    await state.directory.add({ peerId: 'p', edgeId: 'edge-1', connectionId });
    await state.directory.add({
      peerId: 'q',
      edgeId: 'edge-2',
      connectionId: connectionId.replace('8000', '8001'),
    });
    await using edge = await startEdge({}, { state });
    expect(edge.bus.values('peer.connection.closed')).toMatchObject([
      { peer_id: 'p', edge_id: 'edge-1', connection_id: connectionId, reason: 'edge_lost' },
    ]);
    await expect.poll(() => state.directory.ofEdge('edge-1')).toEqual([]);
    expect(await state.directory.ofEdge('edge-2')).toHaveLength(1);
  });
});

describe('heartbeats', () => {
  it('go to peers, and on the bus for all of them at once', async () => {
    await using edge = await startEdge({ heartbeatIntervalMs: 60 });
    const peers = [createTestPeer(edge), createTestPeer(edge)];
    // One after the other: the event lists them in the order in which they came.
    const registered = [await peers[0]!.register(), await peers[1]!.register()];
    peers[0]?.send({ $case: 'heartbeat', value: { sentAt: undefined, activeStreams: 3 } });
    await Promise.all(peers.map((peer) => peer.next('heartbeat')));
    await expect
      .poll(() => edge.bus.values('peer.connection.heartbeat').at(-1))
      .toMatchObject({
        edge_id: 'edge-1',
        connections: [
          { peer_id: peers[0]?.peerId, connection_id: registered[0]?.connectionId, active_streams: 3 },
          { peer_id: peers[1]?.peerId, connection_id: registered[1]?.connectionId, active_streams: 0 },
        ],
      });
    await Promise.all(peers.map((peer) => peer.leave()));
  });

  it('keep the connection of a peer that sends nothing else', async () => {
    await using edge = await startEdge({ heartbeatIntervalMs: 30, peerTimeoutMs: 150 });
    const peer = createTestPeer(edge);
    await peer.register();
    for (let count = 0; count < 8; count++) {
      await peer.next('heartbeat');
      peer.send({ $case: 'heartbeat', value: { sentAt: undefined, activeStreams: 0 } });
    }
    expect(edge.bus.values('peer.connection.closed')).toEqual([]);
    await peer.leave();
  });
});

describe('a drain', () => {
  it('asks peers to leave, lets them finish, and admits no other', async () => {
    const edge = await startEdge({ drainMs: 2_000 });
    const peer = createTestPeer(edge);
    await peer.register();
    const stopping = edge.edge.stop();
    expect((await peer.next('drain')).withinMilliseconds).toBeLessThan(2_000);
    expect(await edge.edge.ready()).toEqual({ ready: false, reason: 'draining' });
    expect(await createTestPeer(edge).ended).toMatchObject({ code: status.UNAVAILABLE });
    const update = { full: true, catalogIds: [], removedCatalogIds: [], updateId: '', final: true };
    peer.send({ $case: 'catalogUpdate', value: update }, 1);
    expect(await peer.next('acknowledgement')).toEqual({ sequence: 1 });
    await peer.leave();
    await stopping;
    expect(edge.bus.values('peer.connection.closed')).toMatchObject([{ reason: 'edge_draining' }]);
    expect(await edge.state.directory.ofEdge('edge-1')).toEqual([]);
  });

  it('ends those that stay when the time is up', async () => {
    const edge = await startEdge({ drainMs: 50 });
    const peer = createTestPeer(edge);
    await peer.register();
    await edge.edge.stop();
    expect(await peer.ended).toMatchObject({ code: status.UNAVAILABLE });
    expect(edge.bus.values('peer.connection.closed')).toMatchObject([{ reason: 'edge_draining' }]);
  });
});

/** A TCP proxy that can stop passing bytes on without closing anything. */
async function droppingProxy(port: number) {
  let dropping = false;
  const sockets: net.Socket[] = [];
  const server = net.createServer((client) => {
    const upstream = net.connect(port, '127.0.0.1');
    sockets.push(client, upstream);
    client.on('data', (bytes) => dropping || upstream.write(bytes)).on('error', () => {});
    upstream.on('data', (bytes) => dropping || client.write(bytes)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    drop() {
      dropping = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
