import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@giggityflix/testing';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EdgeProcess, startEdgeProcess } from '../testing/edge-process.ts';
import { createTestPeer } from '../testing/peer.ts';
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

describe('several workers', () => {
  let directory: string;
  let edges: EdgeProcess;
  let port: number;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'edge-workers-'));
    [port] = (await freePorts(1)) as [number];
    const program = new URL('../testing/workers-process.ts', import.meta.url);
    const env = { DRAIN_TIMEOUT_SEC: '0', LOG_LEVEL: 'debug' };
    edges = await startEdgeProcess({ directory, port, program, env });
  });
  afterEach(async () => {
    await edges.end('SIGKILL');
    await rm(directory, { recursive: true });
  });
  const logged = () =>
    edges
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));

  it('take peers at one address, answer HTTP each at its own, and stop together', async () => {
    const peers = Array.from({ length: 4 }, () => createTestPeer({ port }));
    const ids = await Promise.all(peers.map(async (peer) => (await peer.register()).edgeId));
    expect(new Set(ids)).toEqual(new Set(['edge-1', 'edge-1.2']));
    const urls = logged().flatMap(({ url }) => url ?? []);
    expect(new Set(urls).size).toBe(2);
    for (const url of urls) expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect(await edges.end('SIGTERM')).toBe(0);
    await Promise.all(peers.map((peer) => peer.ended));
  });

  it('leave a peer one connection, though it comes to another of them', async () => {
    const first = createTestPeer({ port });
    const { edgeId } = await first.register();
    const second = createTestPeer({ port, privateKey: first.privateKey });
    expect((await second.register()).edgeId).not.toBe(edgeId);
    expect(await first.ended).toMatchObject({ code: status.ABORTED });
    await second.leave();
  });

  it('are replaced when they die', async () => {
    const peer = createTestPeer({ port });
    const { edgeId } = await peer.register();
    const { pid } = logged().find((line) => line.msg === 'edge takes peers' && line.edge_id === edgeId);
    process.kill(pid, 'SIGKILL');
    await peer.ended;
    const starts = () =>
      logged().filter((line) => line.msg === 'edge takes peers' && line.edge_id === edgeId);
    await expect.poll(starts).toHaveLength(2);
    expect(await edges.end('SIGTERM')).toBe(0);
  });
});
