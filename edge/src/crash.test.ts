import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bus, createBus, createLogger, on } from '@giggityflix/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePorts } from '../../tests/support/index.ts';
import { topics } from './testing/edge.ts';
import { createOutboxPeer } from './testing/outbox-peer.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PEERS = 6;
const MESSAGES = 150;

let directory: string;
let port: number;
let child: ChildProcess;
let bus: Bus;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edge-crash-'));
  [port] = (await freePorts(1)) as [number];
  const logger = createLogger({ service: 'test', level: 'silent' });
  bus = createBus({
    config: { kind: 'embedded', path: join(directory, 'bus.db') },
    clientId: 'test',
    logger,
  });
  await bus.start();
});
afterEach(async () => {
  child.kill('SIGKILL');
  await bus.stop();
  await rm(directory, { recursive: true });
});

async function startProcess(): Promise<void> {
  child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      BUS: 'embedded',
      BUS_PATH: join(directory, 'bus.db'),
      STATE: 'embedded',
      STATE_PATH: join(directory, 'edge.db'),
      GRPC_USE_TLS: 'false',
      GRPC_SERVER_ADDRESS: `127.0.0.1:${port}`,
      HOST: '127.0.0.1',
      HTTP_PORT: '0',
      DRAIN_TIMEOUT_SEC: '1',
      LOG_LEVEL: 'error',
    },
  });
  await once(child, 'message');
}

const update = (updateId: string) => ({
  $case: 'catalogUpdate' as const,
  value: { full: false, catalogIds: [], removedCatalogIds: [], updateId, final: true },
});

it('loses no acknowledged message and closes its old connections when it is killed and started again', async () => {
  const heard = new Map<string, number[]>();
  const open = new Map<string, string>();
  await bus.consume({
    groupId: 'independent',
    from: 'earliest',
    routes: [
      on(topics.peerCatalogUpdated, ({ value }) => {
        const list = heard.get(value.peer_id) ?? [];
        heard.set(value.peer_id, list);
        list.push(Number(value.update_id));
      }),
      on(topics.peerConnectionEstablished, ({ value }) => void open.set(value.connection_id, value.peer_id)),
      on(topics.peerConnectionClosed, ({ value }) => void open.delete(value.connection_id)),
    ],
  });
  await startProcess();
  const peers = Array.from({ length: PEERS }, () => createOutboxPeer({ port: () => port }));
  const talking = (async () => {
    for (let count = 1; count <= MESSAGES; count++) {
      for (const peer of peers) peer.say(update(String(count)));
      if (count % 40 === 0) peers[count % PEERS]?.cut();
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  })();
  await expect.poll(() => Math.min(...peers.map((peer) => peer.acknowledged()))).toBeGreaterThan(20);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const acknowledgedBefore = peers.map((peer) => peer.acknowledged());
  await startProcess();
  await talking;
  await expect
    .poll(() => peers.map((peer) => peer.acknowledged()), { timeout: 10_000 })
    .toEqual(peers.map(() => MESSAGES));
  for (const [index, peer] of peers.entries()) {
    const of = heard.get(peer.peerId() as string) ?? [];
    await expect.poll(() => new Set(of).size).toBe(MESSAGES);
    // Repeated runs may follow a reconnection; the first time each is heard is in order.
    const first = of.filter((value, at) => of.indexOf(value) === at);
    expect(first).toEqual(Array.from({ length: MESSAGES }, (_, at) => at + 1));
    expect(acknowledgedBefore[index]).toBeLessThanOrEqual(MESSAGES);
  }
  await expect.poll(() => [...open.values()].sort()).toEqual(peers.map((peer) => peer.peerId()).sort());
  for (const peer of peers) await peer.stop();
  await expect.poll(() => open.size).toBe(0);
}, 40_000);

it('exits 0 on SIGTERM after its peers have left, and their ends are on the bus', async () => {
  const closed: string[] = [];
  await bus.consume({
    groupId: 'independent',
    from: 'earliest',
    routes: [on(topics.peerConnectionClosed, ({ value }) => void closed.push(value.reason))],
  });
  await startProcess();
  const peer = createOutboxPeer({ port: () => port });
  peer.say(update('1'));
  await expect.poll(() => peer.acknowledged()).toBe(1);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  await expect.poll(() => closed).toEqual(['edge_draining']);
  await peer.stop();
}, 20_000);
