/**
 * Holds many peer streams on one edge process and prints what that costs:
 * `node tests/load/edge-peers.ts [--peers=10000] [--seconds=120] [--killed=200]`. Peers are simulated by other
 * processes, over real gRPC, one TCP connection each; `--killed` of them vanish without a goodbye. Exits 1 when
 * a stream that should live is lost, or an end is not reported.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServer } from '../../bench/edge/server-process.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '120' },
    killed: { type: 'string', default: '200' },
  },
});
const [peers, seconds, killed] = [Number(values.peers), Number(values.seconds), Number(values.killed)];
const HEARTBEAT_MS = 30_000;
const PROCESSES = 4;
/** How often the edge is asked for its figures. */
const SAMPLE_MS = 10_000;

const edge = await startServer('edge');
const simulate = async (count: number): Promise<ChildProcess> => {
  const program = new URL('simulated-peers.ts', import.meta.url).pathname;
  const args = [program, String(edge.port), String(count), String(HEARTBEAT_MS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
};
const report = async (label: string) => {
  const usage = await edge.usage();
  const figures = [
    `${usage.open} open`,
    `rss ${(usage.rssBytes / 2 ** 20).toFixed(0)} MiB`,
    `heap ${(usage.heapBytes / 2 ** 20).toFixed(0)} MiB`,
    `cpu ${(usage.cpuMs / 1_000).toFixed(1)} s`,
    `event loop p99 ${usage.eventLoopP99Ms.toFixed(1)} ms`,
    `closed ${JSON.stringify(usage.closed)}`,
  ];
  console.log(`${label.padEnd(22)} ${figures.join(' · ')}`);
  return usage;
};

await report('empty');
const started = performance.now();
const staying = await Promise.all(
  Array.from({ length: PROCESSES }, (_, index) => simulate(Math.floor((peers - killed + index) / PROCESSES))),
);
const leaving = await simulate(killed);
await report(`registered in ${((performance.now() - started) / 1_000).toFixed(0)} s`);

for (let held = 0; held < seconds * 1_000; held += SAMPLE_MS) {
  await sleep(Math.min(SAMPLE_MS, seconds * 1_000 - held));
  await report(`after ${Math.min(seconds, (held + SAMPLE_MS) / 1_000)} s`);
}

const killedAt = performance.now();
leaving.kill('SIGKILL');
let usage = await report('killed');
while ((usage.closed.stream_error ?? 0) < killed && performance.now() - killedAt < 60_000) {
  await sleep(200);
  usage = await report(`+${((performance.now() - killedAt) / 1_000).toFixed(1)} s`);
}

let lost = 0;
for (const child of staying) {
  child.send({});
  const [answer] = (await once(child, 'message')) as [{ lost: number }];
  lost += answer.lost;
  child.kill('SIGKILL');
}
await edge.stop();
const reported = usage.closed.stream_error ?? 0;
console.log(`${peers} streams held for ${seconds} s · ${lost} lost · ${reported} of ${killed} ends reported`);
process.exit(lost === 0 && reported === killed ? 0 : 1);
