import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestClient, startMatchmaker, type TestClient } from '../testing/matchmaker.ts';
import type { Matchmaker } from './index.ts';
import { ADVANCE_BYTES, ADVANCE_BYTES_PER_SECOND } from './limits/reflection.ts';

let matchmaker: Matchmaker;
const clients: TestClient[] = [];

beforeAll(async () => {
  matchmaker = await startMatchmaker();
});
afterAll(() => matchmaker.stop());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function client(
  ...options: Parameters<typeof createTestClient> extends [unknown, ...infer Rest] ? Rest : never
) {
  const made = await createTestClient(matchmaker, ...options);
  clients.push(made);
  return made;
}

async function registered(message: object = {}): Promise<TestClient> {
  const made = await client();
  await made.ask({ type: 'register', ...message });
  return made;
}

describe('the documented forms', () => {
  it('register answers the observed address', async () => {
    const one = await client();
    one.send('{"type": "register"}');
    expect((await one.next()).toString()).toBe(`{"type":"your_addr","addr":["127.0.0.1",${one.port}]}`);
  });

  it('connect by address sends both sides the address of the other', async () => {
    // Addresses of their own, as all clients on 127.0.0.1 share one.
    const one = await client({ host: '127.0.0.2' });
    const other = await client({ host: '127.0.0.3' });
    await one.ask({ type: 'register' });
    await other.ask({ type: 'register' });
    expect(await one.ask({ type: 'connect', target_ip: '127.0.0.3' })).toEqual({
      type: 'peer',
      peer: ['127.0.0.3', other.port],
    });
    expect(await other.nextJson()).toEqual({ type: 'peer', peer: ['127.0.0.2', one.port] });
  });

  it('two clients at one address reach each other while they are only two', async () => {
    const one = await client({ host: '127.0.0.4' });
    const other = await client({ host: '127.0.0.4' });
    await one.ask({ type: 'register' });
    await other.ask({ type: 'register' });
    expect(await one.ask({ type: 'connect', target_ip: '127.0.0.4' })).toMatchObject({
      peer: ['127.0.0.4', other.port],
    });
    const third = await client({ host: '127.0.0.4' });
    await third.ask({ type: 'register' });
    expect(await one.ask({ type: 'connect', target_ip: '127.0.0.4' })).toEqual({
      type: 'error',
      msg: 'target_ip 127.0.0.4 is ambiguous',
    });
  });
});

describe('peer ids', () => {
  it('reach a peer behind an address it shares', async () => {
    const one = await registered({ peer_id: 'alice' });
    const other = await registered({ peer_id: 'bob' });
    await registered({ peer_id: 'carol' });
    expect(await one.ask({ type: 'connect', target_id: 'bob' })).toEqual({
      type: 'peer',
      peer: ['127.0.0.1', other.port],
      peer_id: 'bob',
    });
    expect(await other.nextJson()).toEqual({ type: 'peer', peer: ['127.0.0.1', one.port], peer_id: 'alice' });
  });

  it('follow a peer to the address it has now', async () => {
    const one = await registered({ peer_id: 'caller' });
    await registered({ peer_id: 'roamer' });
    const after = await registered({ peer_id: 'roamer' });
    expect(await one.ask({ type: 'connect', target_id: 'roamer' })).toMatchObject({
      peer: ['127.0.0.1', after.port],
    });
  });

  it('give peers that probe a key of their own and the endpoints of their networks', async () => {
    const one = await registered({ peer_id: 'prober-1', local: ['10.0.0.1', 1] });
    const other = await registered({ peer_id: 'prober-2', local: ['10.0.0.2', 2] });
    const notice = await one.ask({ type: 'connect', target_id: 'prober-2' });
    expect(notice).toMatchObject({ local: ['10.0.0.2', 2], key: expect.stringMatching(/^[\w-]{22}$/) });
    expect(await other.nextJson()).toMatchObject({ local: ['10.0.0.1', 1], key: notice.key });
  });

  it('do not let a peer name a third party as its own endpoint, for others to probe', async () => {
    const one = await registered({ peer_id: 'honest', local: ['10.0.0.1', 1] });
    const liar = await registered({ peer_id: 'liar', local: ['198.51.100.7', 53] });
    expect(await one.ask({ type: 'connect', target_id: 'liar' })).toMatchObject({
      peer: ['127.0.0.1', liar.port],
      local: ['127.0.0.1', liar.port],
    });
  });
});

it.each([
  ['{"type":"connect"}', 'missing target_ip'],
  ['{"type":"connect","target_ip":""}', 'missing target_ip'],
  ['{"type":"connect","target_ip":7}', 'invalid target_ip'],
  ['{"type":"connect","target_ip":"127.0.0.77"}', 'target 127.0.0.77 not found or offline'],
  ['{"type":"connect","target_ip":"255.255.255.255"}', 'target_ip 255.255.255.255 is not a unicast address'],
  ['{"type":"connect","target_ip":"224.0.0.1"}', 'target_ip 224.0.0.1 is not a unicast address'],
  [
    '{"type":"connect","target_ip":"2001:DB8::0:1"}',
    'target_ip 2001:db8::1 is not of the address family that asks',
  ],
  ['{"type":"connect","target_id":"nobody"}', 'target nobody not found or offline'],
  ['{"type":"connect","target_id":"a b"}', 'invalid target_id'],
  ['{"type":"register","peer_id":"{x}"}', 'invalid peer_id'],
  ['{"type":"dance"}', 'unknown message type'],
  ['{}', 'unknown message type'],
  ['[1]', 'malformed json'],
  ['{"type":', 'malformed json'],
  ['', 'malformed json'],
  [`{"type":"register","x":"${'x'.repeat(1_200)}"}`, 'a datagram has at most 1200 bytes'],
])('%s is answered with an error: %s', async (message, msg) => {
  const one = await registered();
  expect(await one.ask(message)).toEqual({ type: 'error', msg });
});

it('text that is not UTF-8 is malformed', async () => {
  const one = await client();
  expect(await one.ask(Buffer.from('{"type":"regist\xe9r"}', 'latin1'))).toEqual({
    type: 'error',
    msg: 'malformed json',
  });
});

it('only registered senders connect', async () => {
  const one = await client();
  expect(await one.ask({ type: 'connect', target_ip: '127.0.0.1' })).toEqual({
    type: 'error',
    msg: 'not registered',
  });
});

it('answers of servers are never answered, so that two servers do not answer each other for ever', async () => {
  const one = await client();
  for (const type of ['error', 'peer', 'your_addr']) one.send({ type });
  expect(await one.ask({ type: 'register' })).toMatchObject({ type: 'your_addr' });
  expect(one.waiting).toBe(0);
});

it('a registration ends when it is not refreshed', async () => {
  const brief = await startMatchmaker({ MATCHMAKER_CLIENT_TIMEOUT_SECONDS: '1' });
  const one = await createTestClient(brief);
  clients.push(one);
  await one.ask({ type: 'register', peer_id: 'brief' });
  await expect.poll(() => brief.httpAddress() && metric(brief, 'matchmaker_registrations')).toBe(0);
  expect(await one.ask({ type: 'connect', target_id: 'x' })).toMatchObject({ msg: 'not registered' });
  await brief.stop();
});

it('a source that sends too much is not answered, and others are', async () => {
  const strict = await startMatchmaker({ MATCHMAKER_RATE_LIMIT_PER_SECOND: '5' });
  const noisy = await createTestClient(strict);
  const quiet = await createTestClient(strict);
  clients.push(noisy, quiet);
  for (let n = 0; n < 50; n += 1) noisy.send({ type: 'register' });
  await expect
    .poll(() => metric(strict, 'matchmaker_datagrams_dropped_total', 'rate_limited'))
    .toBeGreaterThan(35);
  expect(await quiet.ask({ type: 'register' })).toMatchObject({ type: 'your_addr' });
  expect(noisy.waiting).toBeLessThanOrEqual(15);
  await strict.stop();
});

describe('an address that has not shown that it receives', () => {
  it('gets one advance, then no more bytes than came from it, until it returns its cookie', async () => {
    const open = await startMatchmaker({ MATCHMAKER_RATE_LIMIT_PER_SECOND: '0' });
    const one = await createTestClient(open, { host: '127.0.0.9' });
    clients.push(one);
    const startedAt = performance.now();
    const first = '{"type":"register","cookie":""}';
    one.send(first);
    const answer = await one.next();
    const { cookie } = JSON.parse(answer.toString());
    for (let n = 0; n < 1_000; n += 1) one.send('x');
    await expect.poll(() => metric(open, 'matchmaker_datagrams_received_total', 'invalid')).toBe(1_000);
    const regained = ((performance.now() - startedAt) / 1_000) * ADVANCE_BYTES_PER_SECOND;
    let answered = answer.length;
    while (one.waiting > 0) answered += (await one.next()).length;
    expect(answered).toBeGreaterThan(ADVANCE_BYTES);
    expect(answered).toBeLessThanOrEqual(first.length + 1_000 + ADVANCE_BYTES + regained);
    expect(await metric(open, 'matchmaker_datagrams_dropped_total', 'unproven_address')).toBeGreaterThan(800);
    expect(await one.ask({ type: 'register', cookie })).toMatchObject({ type: 'your_addr' });
    await open.stop();
  });
});

async function metric(of: Matchmaker, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${of.httpAddress().url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}{`) && candidate.includes(label));
  return Number(line?.split(' ').at(-1) ?? 0);
}

it('listens on an address given by its name', async () => {
  const named = await startMatchmaker({ MATCHMAKER_HOST: 'localhost' });
  expect(['127.0.0.1', '::1']).toContain(named.addresses()[0]?.address);
  await named.stop();
});

it('reports over HTTP that it is ready', async () => {
  expect((await fetch(`${matchmaker.httpAddress().url}/ready`)).status).toBe(200);
});

it('serves IPv6 beside IPv4 on the same port', async ({ skip }) => {
  const dual = await startMatchmaker({ MATCHMAKER_HOST: '127.0.0.1,::1' });
  const [four, six] = dual.addresses();
  if (!six) skip('this machine has no IPv6');
  expect(six?.port).toBe(four?.port);
  const one = await createTestClient(dual, { host: '::1', server: 1 });
  clients.push(one);
  expect(await one.ask({ type: 'register' })).toEqual({ type: 'your_addr', addr: ['::1', one.port] });
  await dual.stop();
});
