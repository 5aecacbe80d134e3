/**
 * `npm run fuzz -- TARGET… [--seconds N] [--seed S]` sends targets of tests/fuzz/ what strangers might, for N seconds each (60).
 * Prints executions a second and the seed. On a failure, or on one input that takes too long, it writes the smallest input found to
 * fuzz-results/<target>.json and exits with 1. Without a target it lists them.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fuzz, HANG_MS, TARGETS } from '../tests/fuzz/run.ts';

const RESULTS = join(import.meta.dirname, '..', 'fuzz-results');
/** Room for the input in hand, which another thread writes down when this one hangs. */
const INPUT_BYTES = 1_048_576;

/** Looks at the count of executions; ends the process when it stands still. The thread that hangs cannot. */
const WATCHER = `
const { workerData: { shared, file, hangMs } } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
const header = new Int32Array(shared, 0, 2);
let before = -1;
setInterval(() => {
  const count = Atomics.load(header, 0);
  if (count !== before) { before = count; return; }
  writeFileSync(file, Buffer.from(new Uint8Array(shared, 8, header[1])));
  writeFileSync(2, 'one input takes longer than ' + hangMs + ' ms: ' + file + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 2 * hangMs);
`;

const { values, positionals } = readArguments();
const unknown = positionals.filter((name) => !TARGETS.includes(name));
if (positionals.length === 0 || unknown.length > 0)
  usage(unknown.length > 0 ? `no such target: ${unknown.join(', ')}` : null);
const seconds = number('seconds', values.seconds ?? '60', 1);
const seed = number('seed', values.seed ?? String(randomInt(2 ** 31)), 0);

let failed = false;
for (const name of positionals) {
  const file = join(RESULTS, `${name}.json`);
  mkdirSync(RESULTS, { recursive: true });
  const shared = new SharedArrayBuffer(8 + INPUT_BYTES);
  const header = new Int32Array(shared, 0, 2);
  const input = new Uint8Array(shared, 8);
  const watcher = new Worker(WATCHER, { eval: true, workerData: { shared, file, hangMs: HANG_MS } });
  watcher.unref();
  const report = await fuzz(name, {
    seconds,
    seed,
    onInput(value) {
      const { written } = new TextEncoder().encodeInto(JSON.stringify({ seed, input: value }), input);
      header[1] = written;
      Atomics.add(header, 0, 1);
    },
  });
  await watcher.terminate();
  console.log(`${name}: ${report.executions} executions, ${report.perSecond}/s, seed ${report.seed}`);
  if (!report.failure) continue;
  failed = true;
  writeFileSync(file, `${JSON.stringify({ seed, ...report.failure }, null, 2)}\n`);
  console.error(`${name} failed: ${report.failure.error}\nthe input is in ${file}`);
}
process.exit(failed ? 1 : 0);

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { seconds: { type: 'string' }, seed: { type: 'string' } },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

function number(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min) usage(`--${name} must be a whole number from ${min} on`);
  return value;
}

function usage(problem: string | null): never {
  if (problem) console.error(problem);
  console.error(`usage: npm run fuzz -- TARGET… [--seconds N] [--seed S]   (targets: ${TARGETS.join(', ')})`);
  process.exit(2);
}
