import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, on } from '@giggityflix/bus';
import { expect, it } from 'vitest';
import { hashAnswer, hashCommand } from '../testing/commands.ts';
import { type RunningEdge, startEdge, testConfig, topics } from '../testing/edge.ts';
import { openEmbeddedBus } from '../testing/embedded-bus.ts';
import { createOutboxPeer } from '../testing/outbox-peer.ts';
import { openState } from './state/open.ts';

const PEERS = 4;
/** Sent at least; more until both edges have restarted. */
const COMMANDS = 60;
/** Commands sent before the first of them is answered. */
const IN_FLIGHT = 12;

it('a rolling restart of two edges loses no command and no event', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edge-rolling-'));
  const path = join(directory, 'bus.db');
  const state = await openState({ kind: 'embedded', path: join(directory, 'edge.db') });
  const bus = await openEmbeddedBus(path);
  const answered = new Set<string>();
  const updates = new Map<string, Set<string>>();
  await bus.consume({
    groupId: 'independent',
    from: 'earliest',
    routes: [
      on(topics.fileHashResponses, ({ value }) => void (value.success && answered.add(value.request_id))),
      on(topics.peerCatalogUpdated, ({ value }) => {
        const known = updates.get(value.peer_id) ?? new Set();
        updates.set(value.peer_id, known.add(value.update_id as string));
      }),
    ],
  });

  const start = async (edgeId: string) => {
    const own = await openEmbeddedBus(path);
    const retry = { ...testConfig.retry, initialDelayMs: 100, maxDelayMs: 1_000 };
    return {
      own,
      edge: await startEdge({ edgeId, retry, drainMs: 1_000, reconnectGraceMs: 5_000 }, { bus: own, state }),
    };
  };
  const edges = new Map<string, { own: Bus; edge: RunningEdge<Bus> }>();
  for (const edgeId of ['edge-1', 'edge-2']) edges.set(edgeId, await start(edgeId));
  let turn = 0;
  const anyPort = () => {
    const ports = [...edges.values()].map(({ edge }) => edge.port);
    return ports[turn++ % ports.length] as number;
  };
  const peers = Array.from({ length: PEERS }, () =>
    createOutboxPeer({
      port: anyPort,
      answer: ({ requestId, catalogId }) => hashAnswer({ requestId, catalogId }),
    }),
  );
  await expect.poll(() => peers.every((peer) => peer.connections() > 0)).toBe(true);

  const restart = async (edgeId: string) => {
    const old = edges.get(edgeId);
    edges.delete(edgeId);
    await old?.edge[Symbol.asyncDispose]();
    await old?.own.stop();
    edges.set(edgeId, await start(edgeId));
  };
  let restarted = false;
  const restarting = (async () => {
    await restart('edge-1');
    await restart('edge-2');
    restarted = true;
  })();
  const asked: string[] = [];
  for (let count = 0; count < COMMANDS || !restarted; count++) {
    const peer = peers[count % PEERS];
    peer?.send({
      $case: 'catalogUpdate',
      value: { full: false, catalogIds: [], removedCatalogIds: [], updateId: String(count), final: true },
    });
    const peerId = peer?.peerId() as string;
    // As a backend does: to the edge that the peer was last known at.
    const edgeId = (await state.directory.find(peerId))?.edgeId ?? 'edge-1';
    asked.push(`r-${count}`);
    await bus.publish({
      topic: topics.edgeCommands(edgeId),
      key: peerId,
      value: hashCommand(peerId, { request_id: `r-${count}` }),
    });
    await expect
      .poll(() => asked.length - answered.size, { interval: 5, timeout: 30_000 })
      .toBeLessThan(IN_FLIGHT);
  }
  await restarting;
  await expect.poll(() => asked.filter((id) => !answered.has(id)), { timeout: 10_000 }).toEqual([]);
  await expect
    .poll(() => [...updates.values()].reduce((sum, known) => sum + known.size, 0), { timeout: 10_000 })
    .toBe(asked.length);

  await Promise.all(peers.map((peer) => peer.stop()));
  for (const { edge, own } of edges.values()) {
    await edge[Symbol.asyncDispose]();
    await own.stop();
  }
  await bus.stop();
  await state.close();
  await rm(directory, { recursive: true });
}, 60_000);
