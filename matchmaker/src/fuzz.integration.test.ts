import { randomBytes, randomInt } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestClient, startMatchmaker, type TestClient } from '../testing/matchmaker.ts';
import type { Matchmaker } from './index.ts';

/** Ten million, raised by hand, take some minutes. */
const DATAGRAMS = Number(process.env.FUZZ_DATAGRAMS ?? 20_000);
/** Few enough for the server's receive buffer, whatever their size, so that none is lost on the way. */
const BATCH = 100;
const MAX_GROWTH_BYTES = 20_000_000;

const SEEDS = [
  '{"type":"register"}',
  '{"type":"register","peer_id":"fuzz","token":"x.y.z","local":["10.0.0.1",1],"cookie":""}',
  '{"type":"connect","target_ip":"127.0.0.1"}',
  '{"type":"connect","target_id":"fuzz"}',
  '{"__proto__":{"type":"register"},"constructor":1}',
].map((text) => Buffer.from(text));
const BINDING = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

/** One datagram of each kind of trouble. */
const TROUBLE: (() => Buffer)[] = [
  () => randomBytes(randomInt(0, 1_400)),
  () => oneOf(SEEDS).subarray(0, randomInt(0, 20)),
  () => mutated(oneOf(SEEDS)),
  () => Buffer.concat([oneOf(SEEDS), randomBytes(randomInt(1, 60))]),
  () => Buffer.from('['.repeat(randomInt(1, 1_200))),
  () => Buffer.from(`${'{"a":'.repeat(randomInt(1, 200))}1`),
  () => Buffer.from(oneOf(SEEDS).toString(), 'utf16le'),
  () => Buffer.alloc(randomInt(1_201, 9_000), 0x20),
  () => Buffer.concat([Buffer.from('{"type":"register","peer_id":"'), randomBytes(40), Buffer.from('"}')]),
  () => mutated(BINDING),
  () => Buffer.concat([withLength(BINDING, randomInt(0, 70_000) & 0xffff), randomBytes(randomInt(0, 200))]),
];

let matchmaker: Matchmaker;
let fuzzer: TestClient;
let valid: TestClient;
let cookie: unknown;

beforeAll(async () => {
  // Without limits, so that every datagram is counted.
  matchmaker = await startMatchmaker({
    MATCHMAKER_RATE_LIMIT_PER_SECOND: '0',
    MATCHMAKER_ADDRESS_RATE_LIMIT_PER_SECOND: '0',
  });
  fuzzer = await createTestClient(matchmaker);
  valid = await createTestClient(matchmaker);
  ({ cookie } = await valid.ask({ type: 'register', peer_id: 'valid', cookie: '' }));
});
afterAll(async () => {
  fuzzer.close();
  valid.close();
  await matchmaker.stop();
});

it('hostile datagrams crash nothing, are all counted, and do not keep others from being served', {
  timeout: 3_600_000,
}, async () => {
  let heapBefore = 0;
  for (let sent = 0; sent < DATAGRAMS; sent += BATCH) {
    for (let n = 0; n < BATCH; n += 1) fuzzer.send(oneOf(TROUBLE)());
    await expectServed();
    fuzzer.drain();
    if (sent === BATCH * 40) heapBefore = liveHeapBytes();
  }
  const grown = liveHeapBytes() - heapBefore;
  const counted = await received(matchmaker);
  if (process.env.FUZZ_DATAGRAMS) console.log(`${counted} datagrams counted, heap grown by ${grown} bytes`);
  expect(grown).toBeLessThan(MAX_GROWTH_BYTES);
  expect(counted).toBe(DATAGRAMS + 1 + DATAGRAMS / BATCH);
  expect((await fetch(`${matchmaker.httpAddress().url}/ready`)).status).toBe(200);
});

async function received({ httpAddress }: Matchmaker): Promise<number> {
  const text = await (await fetch(`${httpAddress().url}/metrics`)).text();
  const counts = text.split('\n').filter((line) => line.startsWith('matchmaker_datagrams_received_total{'));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** What is still referred to: garbage that waits for its collection is no leak. */
function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** Datagrams are read in their order: once this is answered, all before it have been counted. */
async function expectServed(): Promise<void> {
  valid.send({ type: 'register', peer_id: 'valid', cookie });
  for (;;) {
    const answer = await valid.nextJson();
    // The fuzzer may have itself introduced.
    if (answer.type !== 'your_addr') continue;
    cookie = answer.cookie;
    return;
  }
}

function oneOf<T>(choices: readonly T[]): T {
  return choices[randomInt(choices.length)] as T;
}

function mutated(seed: Buffer): Buffer {
  const copy = Buffer.from(seed);
  for (let n = randomInt(1, 4); n > 0; n -= 1) copy[randomInt(copy.length)] = randomInt(256);
  return copy;
}

function withLength(seed: Buffer, length: number): Buffer {
  const copy = Buffer.from(seed);
  copy.writeUInt16BE(length, 2);
  return copy;
}
