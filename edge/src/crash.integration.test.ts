import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, on } from '@giggityflix/bus';
import { openSqlite } from '@giggityflix/state';
import { freePorts } from '@giggityflix/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashAnswer, hashCommand } from '../testing/commands.ts';
import { topics } from '../testing/edge.ts';
import { busPath, type EdgeProcess, startEdgeProcess } from '../testing/edge-process.ts';
import { openEmbeddedBus } from '../testing/embedded-bus.ts';
import { createOutboxPeer } from '../testing/outbox-peer.ts';
import { createTestPeer } from '../testing/peer.ts';

const PEERS = 6;
const MESSAGES = 150;
/** Messages a peer sends before the first of them is acknowledged. */
const IN_FLIGHT = 30;

let directory: string;
let port: number;
let edge: EdgeProcess;
let bus: Bus;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edge-crash-'));
  [port] = (await freePorts(1)) as [number];
  bus = await openEmbeddedBus(busPath(directory));
  edge = await startEdgeProcess({ directory, port });
});
afterEach(async () => {
  await edge.end('SIGKILL');
  await bus.stop();
  await rm(directory, { recursive: true });
});

const update = (updateId: string) => ({
  $case: 'catalogUpdate' as const,
  value: { full: false, catalogIds: [], removedCatalogIds: [], updateId, final: true },
});

it('loses no acknowledged message and closes its old connections when it is killed and started again', async () => {
  const consumed = new Map<string, number[]>();
  const open = new Map<string, string>();
  await bus.consume({
    groupId: 'independent',
    from: 'earliest',
    routes: [
      on(topics.peerCatalogUpdated, ({ value }) => {
        const list = consumed.get(value.peer_id) ?? [];
        consumed.set(value.peer_id, list);
        list.push(Number(value.update_id));
      }),
      on(topics.peerConnectionEstablished, ({ value }) => void open.set(value.connection_id, value.peer_id)),
      on(topics.peerConnectionClosed, ({ value }) => void open.delete(value.connection_id)),
    ],
  });
  const peers = Array.from({ length: PEERS }, () => createOutboxPeer({ port: () => port }));
  const slowest = () => Math.min(...peers.map((peer) => peer.acknowledged()));
  const talking = (async () => {
    for (let count = 1; count <= MESSAGES; count++) {
      for (const peer of peers) peer.send(update(String(count)));
      if (count % 40 === 0) peers[count % PEERS]?.cut();
      // So that messages are in flight whenever the edge is killed, and some are not sent yet.
      await expect.poll(() => count - slowest(), { interval: 1, timeout: 30_000 }).toBeLessThan(IN_FLIGHT);
    }
  })();
  await expect.poll(slowest).toBeGreaterThan(20);
  await edge.end('SIGKILL');
  const acknowledgedBefore = peers.map((peer) => peer.acknowledged());
  edge = await startEdgeProcess({ directory, port });
  await talking;
  await expect
    .poll(() => peers.map((peer) => peer.acknowledged()), { timeout: 10_000 })
    .toEqual(peers.map(() => MESSAGES));
  for (const [index, peer] of peers.entries()) {
    const of = consumed.get(peer.peerId() as string) ?? [];
    await expect.poll(() => new Set(of).size).toBe(MESSAGES);
    // Repeated records may follow a reconnection; the first records of each are in order.
    const first = of.filter((value, at) => of.indexOf(value) === at);
    expect(first).toEqual(Array.from({ length: MESSAGES }, (_, at) => at + 1));
    expect(acknowledgedBefore[index]).toBeLessThanOrEqual(MESSAGES);
  }
  await expect.poll(() => [...open.values()].sort()).toEqual(peers.map((peer) => peer.peerId()).sort());
  for (const peer of peers) await peer.stop();
  await expect.poll(() => open.size).toBe(0);
}, 40_000);

it('gives a command again that it had given to a peer when both were killed', async () => {
  const answered: string[] = [];
  await bus.consume({
    groupId: 'requester',
    routes: [on(topics.fileHashResponses, ({ value }) => void answered.push(value.request_id))],
  });
  const peer = createTestPeer({ port });
  await peer.register();
  const topic = topics.edgeCommands('edge-1');
  await bus.publish({ topic, key: peer.peerId, value: hashCommand(peer.peerId) });
  await peer.next('command');
  // The command counts as consumed: what brings it back is not the bus.
  const file = openSqlite(busPath(directory));
  const consumed = file.prepare(
    'SELECT count(*) AS n FROM lease JOIN record USING (topic, partition) WHERE topic = ? AND committed >= id',
  );
  await expect.poll(() => consumed.get(topic.name)).toEqual({ n: 1 });
  file.close();
  await edge.end('SIGKILL');
  edge = await startEdgeProcess({ directory, port });

  const { privateKey } = peer;
  const next = createTestPeer({ port, privateKey });
  await next.register();
  const { requestId } = await next.next('command');
  next.send(hashAnswer({ requestId }), 1);
  await expect.poll(() => answered).toEqual(['r-1']);
  await next.leave();
}, 30_000);

it('exits 0 on SIGTERM after its peers have left, and their ends are on the bus', async () => {
  const closed: string[] = [];
  await bus.consume({
    groupId: 'independent',
    from: 'earliest',
    routes: [on(topics.peerConnectionClosed, ({ value }) => void closed.push(value.reason))],
  });
  const peer = createOutboxPeer({ port: () => port });
  peer.send(update('1'));
  await expect.poll(() => peer.acknowledged()).toBe(1);
  expect(await edge.end('SIGTERM')).toBe(0);
  await expect.poll(() => closed).toEqual(['edge_draining']);
  await peer.stop();
}, 20_000);
