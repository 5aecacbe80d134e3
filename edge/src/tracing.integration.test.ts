import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, on } from '@giggityflix/bus';
import { createLogger, type Service, withTrace } from '@giggityflix/kernel';
import { createTracing } from '@giggityflix/telemetry';
import { type Collector, startCollector } from '@giggityflix/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashAnswer, hashCommand } from '../testing/commands.ts';
import { type RunningEdge, startEdge, topics } from '../testing/edge.ts';
import { openEmbeddedBus } from '../testing/embedded-bus.ts';
import { createTestPeer, type TestPeer } from '../testing/peer.ts';

const ID = 'cd'.repeat(32);
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER = `00-${TRACE_ID}-b7ad6b7169203331-01`;

const logger = createLogger({ service: 'edge', level: 'silent' });
let folder: string;
let collector: Collector;
let tracing: Service;
let bus: Bus;
let edge: RunningEdge<Bus>;
let peer: TestPeer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'giggityflix-edge-tracing-'));
  collector = await startCollector();
  const sampler = { kind: 'parentbased_always_on', ratio: 1 } as const;
  const metrics = { url: null, intervalMs: 60_000 };
  const config = { endpoint: collector.endpoint, headers: {}, metrics, serviceName: null, sampler };
  tracing = createTracing(config, { service: 'edge', logger });
  await tracing.start();
  bus = await openEmbeddedBus(join(folder, 'bus'), 'edge-1');
  edge = await startEdge({}, { bus });
  peer = createTestPeer(edge);
  await peer.register();
});
afterEach(async () => {
  peer.vanish();
  await edge[Symbol.asyncDispose]();
  await bus.stop();
  await tracing.stop();
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = () =>
  withTrace(CALLER, () =>
    bus.publish({
      topic: topics.edgeCommands('edge-1'),
      key: peer.peerId,
      value: hashCommand(peer.peerId, { parameters: { catalog_id: ID, algorithms: ['md5'] } }),
    }),
  );

/** Names of the caller's spans, each under its parent's. */
const tree = () => {
  const spans = collector.spans.filter(({ traceId }) => traceId === TRACE_ID);
  const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name ?? 'caller';
  return spans.map(({ name, parentSpanId }) => `${nameOf(parentSpanId)} > ${name}`);
};

describe('a command', () => {
  it('takes its trace to the peer, and on with the answer', async () => {
    const answers = vi.fn();
    await bus.consume({ groupId: 'asker', routes: [on(topics.fileHashResponses, answers)] });
    await ask();
    await peer.next('command');
    peer.send(hashAnswer(), 1);
    await expect.poll(() => answers).toHaveBeenCalledOnce();
    await tracing.stop();
    const command = 'edge-commands-edge-1';
    const response = topics.fileHashResponses.name;
    expect(tree().sort()).toEqual(
      [
        `caller > send ${command}`,
        `send ${command} > process ${command}`,
        `process ${command} > send file_hash`,
        'send file_hash > receive commandResponse',
        `receive commandResponse > send ${response}`,
        `send ${response} > process ${response}`,
      ].sort(),
    );
    expect(collector.spans.some(({ failed }) => failed)).toBe(false);
  });

  it('has failed when its peer leaves without a response', async () => {
    await ask();
    await peer.next('command');
    peer.vanish();
    await expect
      .poll(() => collector.spans.find(({ name }) => name === 'send file_hash'))
      .toMatchObject({
        failed: true,
        attributes: { 'error.type': 'disconnected' },
      });
  });
});

it('begins a trace for what no message and no command caused', async () => {
  await tracing.stop();
  const topic = topics.peerConnectionEstablished.name;
  const [event, send] = ['event', 'send'].map((verb) =>
    collector.spans.find(({ name }) => name === `${verb} ${topic}`),
  );
  expect(event).toMatchObject({ service: 'edge', parentSpanId: undefined });
  expect(send).toMatchObject({ traceId: event?.traceId, parentSpanId: event?.spanId });
});
