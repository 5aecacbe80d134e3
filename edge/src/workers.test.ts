import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { freePorts } from '../../tests/support/index.ts';
import { createTestPeer } from './testing/peer.ts';
import { workerCount, workerEdgeId } from './workers.ts';

it.each([
  [10, 1, 1],
  [10, 2, 1],
  [10, 8, 4],
  [10, 64, 10],
  [1, 64, 1],
])('with at most %i workers, %i cores get %i', (maxWorkers, cores, expected) => {
  expect(workerCount(maxWorkers, cores)).toBe(expected);
});

it('gives every worker an id of its own, the first that of the edge', () => {
  expect([0, 1, 2].map((index) => workerEdgeId('edge-1', index))).toEqual(['edge-1', 'edge-1.2', 'edge-1.3']);
});

it('takes peers in several processes at one address, and stops them all', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edge-workers-'));
  const [port] = (await freePorts(1)) as [number];
  const program = fileURLToPath(new URL('testing/workers-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
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
      DRAIN_TIMEOUT_SEC: '0',
      LOG_LEVEL: 'error',
    },
  });
  await once(child, 'message');
  const peers = Array.from({ length: 4 }, () => createTestPeer({ port }));
  const edges = await Promise.all(peers.map(async (peer) => (await peer.register()).edgeId));
  expect(new Set(edges)).toEqual(new Set(['edge-1', 'edge-1.2']));
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  await Promise.all(peers.map((peer) => peer.ended));
  await rm(directory, { recursive: true });
}, 20_000);
