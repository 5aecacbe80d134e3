import {
  type Bus,
  type CommandResponse,
  type EdgeCommand,
  type OutgoingRecord,
  type Route,
  resolveTopics,
} from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { file } from '../../testing/fixtures.ts';
import type { Peer, PeerRegistry } from '../registry/registry.ts';
import { type CommandRouter, createCommandRouter } from './router.ts';

const topics = resolveTopics({});
const registry = {
  peer: async (id: string) =>
    id === 'unknown'
      ? null
      : ({ id, state: id === 'stale' ? 'STALE' : 'CONNECTED', edgeId: 'edge-7' } as Peer),
} as PeerRegistry;

let router: CommandRouter;
let routes: readonly Route[];
let sent: OutgoingRecord[];
let failure: Error | null;
const bus = {
  async publish(record: OutgoingRecord) {
    if (failure) throw failure;
    sent.push(record);
  },
  async broadcast(options: { routes: readonly Route[] }) {
    routes = options.routes;
    return { stop: async () => {} };
  },
} as unknown as Bus;

const answer = (topic: string, response: Partial<CommandResponse>) => {
  const value = { success: true, result: {}, timestamp: new Date().toISOString(), ...response };
  void routes.find((route) => route.topic.name === topic)?.handle({ value } as never);
};
const command = (peerId: string) => ({ type: 'file_hash' as const, peerId, catalogId: file(1) });

beforeEach(async () => {
  sent = [];
  failure = null;
  router = createCommandRouter({
    bus,
    topics,
    registry,
    logger: createLogger({ service: 'test', level: 'silent' }),
    timeoutMs: { file_hash: 100 },
  });
  await router.start();
});
afterEach(() => router.stop());

it('sends a command to the topic of the peer’s edge, with a deadline and the topic of the answer', async () => {
  const asked = router.send({ ...command('p'), parameters: { algorithms: ['md5'] } });
  await expect.poll(() => sent.length).toBe(1);
  const value = sent[0]!.value as EdgeCommand;
  expect(sent[0]).toMatchObject({ topic: { name: 'edge-commands-edge-7' }, key: 'p' });
  expect(value).toMatchObject({
    type: 'file_hash',
    peer_id: 'p',
    reply_to: 'file-hash-responses',
    parameters: { catalog_id: file(1), algorithms: ['md5'] },
  });
  expect(Date.parse(value.expires_at)).toBeGreaterThan(Date.now());
  answer('file-hash-responses', { request_id: value.request_id, peer_id: 'p', result: { hashes: {} } });
  expect(await asked).toEqual({ requestId: value.request_id, success: true, result: { hashes: {} } });
});

it('answers in time when the peer does not', async () => {
  expect(await router.send(command('p'))).toMatchObject({ success: false, code: 'TIMEOUT' });
});

it('ignores an answer in another peer’s name', async () => {
  const asked = router.send(command('p'));
  await expect.poll(() => sent.length).toBe(1);
  const { request_id } = sent[0]!.value as EdgeCommand;
  answer('file-hash-responses', { request_id, peer_id: 'intruder' });
  expect(await asked).toMatchObject({ code: 'TIMEOUT' });
});

it.each(['unknown', 'stale'])('sends nothing to a peer that is %s', async (peerId) => {
  expect(await router.send(command(peerId))).toMatchObject({ success: false, code: 'PEER_OFFLINE' });
  expect(sent).toEqual([]);
});

it('fails when the command cannot be published', async () => {
  failure = new Error('the broker is unavailable');
  await expect(router.send(command('p'))).rejects.toThrow('the broker is unavailable');
});

it.each([
  ['peer_offline', 'PEER_OFFLINE'],
  ['expired', 'TIMEOUT'],
  ['refused', 'REFUSED'],
  ['failed', 'FAILED'],
  [null, 'FAILED'],
] as const)('calls a failure %s by its name in the API', async (error_code, code) => {
  const error = 'as the peer words it';
  const asked = router.send(command('p'));
  await expect.poll(() => sent.length).toBe(1);
  const { request_id } = sent[0]!.value as EdgeCommand;
  answer('file-hash-responses', { request_id, peer_id: 'p', success: false, error, error_code });
  expect(await asked).toMatchObject({ success: false, code, message: error });
});
