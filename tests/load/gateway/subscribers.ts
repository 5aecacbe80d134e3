import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startTracker } from './tracker.ts';

export interface SubscriberLoad {
  subscribers: number;
  eventsPerSecond: number;
  seconds: number;
  /** Processes the subscribers are spread over. */
  processes: number;
}

/** What came of it. */
export interface SubscriberFigures {
  sent: number;
  delivered: number;
  /** Events that were not the one due, and messages that were no events. */
  wrong: number;
  /** Sockets closed that should not be. */
  closed: number;
  /** How the slow reader ended: the code its socket was closed with, or null while it is open. */
  slowReaderCode: number | null;
  /** Of the gateway's process, in MiB and bytes. */
  rssMiB: number;
  bytesPerSubscriber: number;
  /** Processor time of the gateway, as a share of one core. */
  cpuShare: number;
  /** From the first event sent to the last one received. */
  tookSeconds: number;
  /** From the tracker's event to the subscriber's parsed message, in milliseconds. */
  latencyMeanMs: number;
  latencyMaxMs: number;
}

const QUERY = 'subscription { availabilityChanged { catalogId peerCount sentAt } }';
/** What the slow reader asks for beside, so that some sixty events are more than its buffers take. */
const SLOW_QUERY = `subscription { availabilityChanged { peerCount ${Array.from({ length: 20 }, (_value, n) => `p${n}: padding`).join(' ')} } }`;
/** How long the last events may take to arrive. */
const SETTLE_MS = 30_000;

interface Cost {
  cpuMs: number;
  bytes: number;
}
interface Report {
  events: number;
  wrong: number;
  closed: number;
  warmed: number;
  latencySumMs: number;
  latencyMaxMs: number;
}

/** Subscribes many clients to one gateway process, sends them events at a steady rate, and counts what arrives. */
export async function loadSubscribers(load: SubscriberLoad): Promise<SubscriberFigures> {
  const tracker = await startTracker();
  const { emit } = tracker;
  const children: ChildProcess[] = [];
  const start = async <T>(script: string, args: readonly (string | number)[]) => {
    const child = fork(join(import.meta.dirname, script), args.map(String), {
      execArgv: ['--expose-gc', '--no-warnings'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    children.push(child);
    return { child, first: await nextMessage<T>(child) };
  };
  try {
    const { child: gateway, first } = await start<{ port: number }>('server.ts', [tracker.url]);
    const empty = await ask<Cost>(gateway);
    const readers = await Promise.all(
      Array.from({ length: load.processes }, async (_value, n) => {
        const count = Math.floor((load.subscribers + n) / load.processes);
        return (await start('readers.ts', [first.port, count, QUERY])).child;
      }),
    );
    const idle = await ask<Cost>(gateway);
    const slow = await openSlowReader(first.port);
    const total = async () => sum(await Promise.all(readers.map((child) => ask<Report>(child))));
    await until(async () => {
      emit(-1);
      return (await total()).warmed === load.subscribers;
    });
    slow.pause();

    const before = await ask<Cost>(gateway);
    const sent = load.eventsPerSecond * load.seconds;
    const began = performance.now();
    for (let n = 0; n < sent; n++) {
      const early = (n * 1_000) / load.eventsPerSecond - (performance.now() - began);
      if (early > 0) await sleep(early);
      emit(n);
    }
    await until(async () => (await total()).events >= sent * load.subscribers).catch(() => {});
    const after = await ask<Cost>(gateway);
    const tookMs = performance.now() - began;
    slow.resume();
    await until(async () => slow.code() !== null, 2_000).catch(() => {});
    const { events, wrong, closed, latencySumMs, latencyMaxMs } = await total();
    return {
      sent,
      delivered: events,
      wrong,
      closed,
      slowReaderCode: slow.code(),
      rssMiB: after.bytes / 2 ** 20,
      bytesPerSubscriber: (idle.bytes - empty.bytes) / load.subscribers,
      cpuShare: (after.cpuMs - before.cpuMs) / tookMs,
      tookSeconds: tookMs / 1_000,
      latencyMeanMs: latencySumMs / events,
      latencyMaxMs,
    };
  } finally {
    for (const child of children) child.kill();
    await tracker.stop();
  }
}

async function openSlowReader(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  let code: number | null = null;
  socket.on('close', (given) => {
    code = given;
  });
  socket.on('error', () => {});
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: SLOW_QUERY } }));
  return { pause: () => socket.pause(), resume: () => socket.resume(), code: () => code };
}

async function ask<T>(child: ChildProcess): Promise<T> {
  const answered = nextMessage<T>(child);
  child.send('report');
  return answered;
}

/** @throws Error when the process ends instead. */
async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const stop = new AbortController();
  const { signal } = stop;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`a process of the load ended: ${child.spawnargs.join(' ')}`);
  });
  ended.catch(() => {});
  const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
  stop.abort();
  return message as T;
}

function sum(reports: readonly Report[]): Report {
  const total: Report = { events: 0, wrong: 0, closed: 0, warmed: 0, latencySumMs: 0, latencyMaxMs: 0 };
  for (const report of reports) {
    total.events += report.events;
    total.wrong += report.wrong;
    total.closed += report.closed;
    total.warmed += report.warmed;
    total.latencySumMs += report.latencySumMs;
    total.latencyMaxMs = Math.max(total.latencyMaxMs, report.latencyMaxMs);
  }
  return total;
}

async function until(condition: () => Promise<boolean>, timeoutMs = SETTLE_MS): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass in time');
    await sleep(50);
  }
}
