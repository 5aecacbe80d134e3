/**
 * A process with one gRPC server, for `bench/edge.ts` and `tests/load/edge-peers.ts`: the edge on a bus of
 * the kind given, or a bare grpc-js server that sends back what it gets. It answers questions over IPC.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Bus, ConsumeOptions } from '@giggityflix/bus';
import { createEdge, openState } from '@giggityflix/edge';
import { createLogger, READY } from '@giggityflix/kernel';
import { ConnectRequest, PeerEdgeServiceService } from '@giggityflix/proto';
import { createMetrics } from '@giggityflix/telemetry';
import { type handleBidiStreamingCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { testConfig, topics } from '../../edge/testing/edge.ts';
import { openBus } from './bus.ts';

export type ServerKind = 'edge' | 'echo';
export type BusKind = 'none' | 'embedded' | 'kafka';

export interface Usage {
  cpuMs: number;
  rssBytes: number;
  heapBytes: number;
  eventLoopP99Ms: number;
  /** Connection ids opened and not closed, and how many were closed with each reason. */
  open: number;
  closed: Record<string, number>;
}

const ALLOWED = { perSecond: 1e9, burst: 1e9 };
const PLENTY = { messages: ALLOWED, files: ALLOWED };

const [kind, busKind, busPath] = process.argv.slice(2) as [ServerKind, BusKind, string];
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const open = new Set<string>();
const closed: Record<string, number> = {};
const logger = createLogger({ service: kind, level: 'error' });

if (kind === 'edge') await startEdge();
else await startEcho();

async function startEdge(): Promise<void> {
  const consumers: ConsumeOptions[] = [];
  const bus =
    busKind === 'none' ? watched(nowhere(consumers)) : watched(await openBus(busKind, busPath, 'edge-1'));
  await bus.start();
  const state = await openState({ kind: 'embedded', path: ':memory:' });
  const edge = createEdge(
    {
      ...testConfig,
      registrationTimeoutMs: 60_000,
      drainMs: 0,
      admission: { maxPeers: 100_000, maxPeersPerNetwork: 100_000, attemptsPerSecond: 0, burst: 1 },
      // The quotas are counted as everywhere, and allow what is measured.
      quotas: { maxFiles: 100_000, peer: PLENTY, network: PLENTY },
      retry: { ...testConfig.retry, initialDelayMs: 100, maxDelayMs: 1_000 },
    },
    { ...state, bus, topics, metrics: createMetrics('edge', { processMetrics: false }), logger },
  );
  await edge.start();
  ready(edge.ports().grpc);
}

async function startEcho(): Promise<void> {
  const server = new Server();
  const connect: handleBidiStreamingCall<ConnectRequest, ConnectRequest> = (call) => {
    call.on('data', (message) => call.write(message));
    call.on('end', () => call.end());
    call.on('error', () => {});
  };
  const encode = (message: ConnectRequest) => Buffer.from(ConnectRequest.encode(message).finish());
  server.addService(
    {
      connect: {
        ...PeerEdgeServiceService.connect,
        responseSerialize: encode,
        responseDeserialize: (bytes: Buffer) => ConnectRequest.decode(bytes),
      },
    },
    { connect },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  ready(port);
}

function ready(port: number): void {
  process.on('message', () => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      cpuMs: (user + system) / 1_000,
      rssBytes: rss,
      heapBytes: heapUsed,
      eventLoopP99Ms: delay.percentile(99) / 1e6,
      open: open.size,
      closed,
    };
    delay.reset();
    process.send?.(usage);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}

/** Takes everything and keeps nothing. */
function nowhere(consumers: ConsumeOptions[]): Bus {
  return {
    start: async () => {},
    stop: async () => {},
    check: async () => {},
    ready: async () => READY,
    publish: async () => {},
    async consume(options) {
      consumers.push(options);
      return { stop: async () => {}, caughtUpAt: Date.now };
    },
    broadcast: async () => ({ stop: async () => {} }),
  };
}

/** Counts the ends of connections that pass. */
function watched(bus: Bus): Bus {
  return {
    ...bus,
    async publish(records) {
      await bus.publish(records);
      for (const { topic, value } of [records].flat()) {
        const event = value as { connection_id: string; reason: string };
        if (topic.type === 'peer.connection.established') open.add(event.connection_id);
        if (topic.type !== 'peer.connection.closed') continue;
        open.delete(event.connection_id);
        closed[event.reason] = (closed[event.reason] ?? 0) + 1;
      }
    },
  };
}
