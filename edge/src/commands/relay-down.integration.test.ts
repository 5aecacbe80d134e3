import { generateKeyPairSync } from 'node:crypto';
import { DEAD_LETTER_HEADERS, type DEAD_LETTER_HEADERS as Headers, RejectMessage } from '@giggityflix/bus';
import { CommandType } from '@giggityflix/proto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashAnswer, hashCommand, inMs } from '../../testing/commands.ts';
import { type RunningEdge, startEdge } from '../../testing/edge.ts';
import { createTestPeer, type TestPeer } from '../../testing/peer.ts';
import { DELIVERIES_HEADER } from './requeue.ts';
import { FORWARDS_HEADER } from './undeliverable.ts';

const ID = 'cd'.repeat(32);
const TOPIC = 'edge-commands-edge-1';

let edge: RunningEdge;
let peer: TestPeer;

beforeEach(async () => {
  edge = await startEdge();
  peer = createTestPeer(edge);
  await peer.register();
});
afterEach(async () => {
  peer.vanish();
  await edge[Symbol.asyncDispose]();
});

const command = (changes = {}) =>
  hashCommand(peer.peerId, { parameters: { catalog_id: ID, algorithms: ['md5'] }, ...changes });
const offer = (changes = {}) =>
  command({
    type: 'stream_signal',
    parameters: {
      session_id: 's-1',
      catalog_id: ID,
      signal: { kind: 'description', description: { type: 'offer', sdp: 'v=0' } },
      ice_servers: [{ urls: ['stun:stun.example:3478'] }],
    },
    ...changes,
  });
const answer = (changes = {}) =>
  hashAnswer({ catalogId: Buffer.from(ID, 'hex'), result: { md5: 'x', sizes: [1, 2] }, ...changes });
const deadLetters = () =>
  edge.bus.published.filter(({ topic }) => topic.name === 'edge-commands-edge-1.deadletter');

describe('a command', () => {
  it('reaches its peer, and the answer the topic of its type', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, command());
    expect(await peer.next('command')).toMatchObject({
      requestId: 'r-1',
      type: CommandType.COMMAND_TYPE_FILE_HASH,
      catalogId: Buffer.from(ID, 'hex'),
      parameters: { algorithms: ['md5'] },
    });
    peer.send(answer(), 1);
    await peer.next('acknowledgement');
    const response = edge.bus.published.at(-1);
    expect(response?.topic.name).toBe('file-hash-responses');
    expect(response?.key).toBe(peer.peerId);
    expect(response?.value).toMatchObject({
      request_id: 'r-1',
      peer_id: peer.peerId,
      catalog_id: ID,
      success: true,
      error: null,
      result: { md5: 'x', sizes: [1, 2] },
    });
  });

  it('has its answer sent to the response topic it names', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, command({ reply_to: 'screenshot-capture-responses' }));
    await peer.next('command');
    peer.send(answer(), 1);
    await peer.next('acknowledgement');
    expect(edge.bus.published.at(-1)?.topic.name).toBe('screenshot-capture-responses');
  });

  it('whose answer comes on a later connection still gets it, on the topic of its type', async () => {
    peer.send(answer({ requestId: 'from-before' }), 1);
    await peer.next('acknowledgement');
    expect(edge.bus.published.at(-1)?.topic.name).toBe('file-hash-responses');
  });

  it.each([
    ['an expired one', { expires_at: '2020-01-01T00:00:00Z' }, /expired/],
    ['one with a reply_to of its own making', { reply_to: 'playback.events' }, /reply_to/],
    ['a malformed catalog id', { parameters: { catalog_id: 'nope' } }, /parameters\.catalog_id/],
    ['an oversized one', { parameters: { blob: 'x'.repeat(600_000) } }, /bytes/],
    ['an empty signal', { type: 'stream_signal', parameters: { session_id: 's' } }, /parameters\./],
  ])('is refused at once when it is %s', async (_what, changes, reason) => {
    const delivery = edge.bus.deliver(TOPIC, peer.peerId, command(changes));
    await expect(delivery).rejects.toThrow(reason);
    await expect(delivery).rejects.toBeInstanceOf(RejectMessage);
    expect(peer.received.some(({ $case }) => $case === 'command')).toBe(false);
  });

  it('for a peer that is not here is tried again, and on the last attempt answered as failed', async () => {
    const elsewhere = command({ peer_id: 'nobody' });
    await expect(edge.bus.deliver(TOPIC, 'nobody', elsewhere)).rejects.toThrow(/not connected/);
    expect(edge.bus.values('file-hash-responses')).toEqual([]);
    await expect(edge.bus.deliver(TOPIC, 'nobody', elsewhere, { attempt: 4 })).rejects.toThrow(
      /not connected/,
    );
    expect(edge.bus.published.at(-1)).toMatchObject({
      topic: { name: 'file-hash-responses' },
      value: {
        request_id: 'r-1',
        peer_id: 'nobody',
        success: false,
        error: 'peer nobody is not connected',
        error_code: 'peer_offline',
      },
    });
  });

  it('that is not answered in time is a dead letter with its origin', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, command({ expires_at: inMs(60) }), {
      partition: 3,
      offset: '42',
    });
    await expect.poll(deadLetters).toHaveLength(1);
    expect(deadLetters()[0]).toMatchObject({
      key: peer.peerId,
      value: { request_id: 'r-1' },
      headers: {
        [DEAD_LETTER_HEADERS.topic]: TOPIC,
        [DEAD_LETTER_HEADERS.partition]: '3',
        [DEAD_LETTER_HEADERS.offset]: '42',
        [DEAD_LETTER_HEADERS.attempts]: '1',
        [DEAD_LETTER_HEADERS.consumerGroup]: 'edge-service.edge-1',
        [DEAD_LETTER_HEADERS.reason]: expect.stringContaining('did not answer'),
      } satisfies Partial<Record<(typeof Headers)[keyof typeof Headers], unknown>>,
    });
  });

  it('that is not answered in time is answered as expired', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, command({ expires_at: inMs(60) }));
    await expect
      .poll(() => edge.bus.values('file-hash-responses'))
      .toMatchObject([{ request_id: 'r-1', success: false, error_code: 'expired' }]);
  });

  it('stays in the journal until its answer is on the bus', async () => {
    const { journal } = edge.state;
    await edge.bus.deliver(TOPIC, peer.peerId, command(), { partition: 3, offset: '42' });
    await peer.next('command');
    expect(await journal.ofEdge('edge-1')).toMatchObject([
      {
        command: { request_id: 'r-1', peer_id: peer.peerId },
        origin: { topic: TOPIC, partition: 3, offset: '42' },
        deliveries: 1,
      },
    ]);
    edge.bus.stall(true);
    peer.send(answer(), 1);
    const calls = edge.bus.calls();
    await expect.poll(() => edge.bus.calls()).toBeGreaterThan(calls);
    expect(await journal.ofEdge('edge-1')).toHaveLength(1);
    edge.bus.stall(false);
    await peer.next('acknowledgement');
    await expect.poll(() => journal.ofEdge('edge-1')).toEqual([]);
  });

  it('that expired, was replaced or requeued is no longer in the journal', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, command({ expires_at: inMs(60) }));
    await edge.bus.deliver(TOPIC, peer.peerId, command({ request_id: 'r-2' }));
    await edge.bus.deliver(TOPIC, peer.peerId, command({ request_id: 'r-2' }));
    await expect.poll(() => edge.state.journal.ofEdge('edge-1')).toHaveLength(1);
    peer.vanish();
    await expect.poll(() => edge.state.journal.ofEdge('edge-1')).toEqual([]);
  });

  it('is not given to its peer when it cannot be stored in the journal', async () => {
    const add = vi.spyOn(edge.state.journal, 'add').mockRejectedValue(new Error('no store'));
    await expect(edge.bus.deliver(TOPIC, peer.peerId, command())).rejects.toThrow(/cannot keep/);
    add.mockRestore();
    await edge.bus.deliver(TOPIC, peer.peerId, command({ request_id: 'r-2' }));
    expect(await peer.next('command')).toMatchObject({ requestId: 'r-2' });
  });

  it('whose answer is malformed becomes a dead letter', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, command());
    await peer.next('command');
    peer.send(answer({ catalogId: Buffer.alloc(3) }), 1);
    await peer.next('refusal');
    await expect
      .poll(() => edge.bus.values('file-hash-responses'))
      .toMatchObject([{ request_id: 'r-1', success: false, error_code: 'failed' }]);
    expect(deadLetters()).toHaveLength(1);
  });

  it('of an earlier run that was killed is requeued', async () => {
    const delivery = {
      deliveryId: '018f0000-0000-7000-8000-000000000000',
      command: hashCommand('peer-1'),
      origin: { topic: 'edge-commands-edge-5', partition: 0, offset: '7' },
    };
    await edge.state.journal.add('edge-5', { ...delivery, deliveries: 1 });
    await using restarted = await startEdge({ edgeId: 'edge-5' }, { state: edge.state });
    expect(restarted.bus.published).toMatchObject([
      { topic: { name: 'edge-commands-edge-5' }, headers: { [DELIVERIES_HEADER]: '1' } },
    ]);
    await expect.poll(() => edge.state.journal.ofEdge('edge-5')).toEqual([]);
  });

  it('is requeued when its peer leaves without an answer, and becomes a dead letter in the end', async () => {
    const { privateKey } = peer;
    await edge.bus.deliver(TOPIC, peer.peerId, command());
    await peer.next('command');
    peer.vanish();
    const again = () =>
      edge.bus.published.filter(({ topic }) => topic.name === TOPIC).map(({ headers }) => headers);
    await expect.poll(again).toMatchObject([{ [DELIVERIES_HEADER]: '1' }]);

    peer = createTestPeer({ ...edge, privateKey });
    await peer.register();
    await edge.bus.deliver(TOPIC, peer.peerId, command(), { headers: { [DELIVERIES_HEADER]: '3' } });
    await peer.next('command');
    peer.vanish();
    await expect.poll(deadLetters).toHaveLength(1);
    await expect
      .poll(() => edge.bus.published.filter(({ topic }) => topic.name === 'file-hash-responses'))
      .toMatchObject([{ value: { success: false } }]);
  });

  it('waits after a start for peers to come back', async () => {
    await using restarted = await startEdge({ edgeId: 'edge-3', reconnectGraceMs: 5_000 });
    const late = createTestPeer(restarted);
    const early = command({ peer_id: late.peerId });
    const delivery = restarted.bus.deliver('edge-commands-edge-3', late.peerId, early);
    await late.register();
    await delivery;
    expect(await late.next('command')).toMatchObject({ requestId: 'r-1' });
    const absent = restarted.bus.deliver(
      'edge-commands-edge-3',
      'nobody',
      command({ peer_id: 'nobody', expires_at: inMs(50) }),
    );
    await expect(absent).rejects.toThrow(/not connected/);
    await late.leave();
  });

  it('that waits for its peer does not hold up the end of the edge', async () => {
    const stopping = await startEdge({ edgeId: 'edge-4', reconnectGraceMs: 60_000 });
    const waiting = stopping.bus.deliver('edge-commands-edge-4', 'nobody', command({ peer_id: 'nobody' }));
    waiting.catch(() => {});
    await stopping[Symbol.asyncDispose]();
    await expect(waiting).rejects.toThrow(/not connected/);
  });

  it('follows a peer that has moved to another edge', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await using other = await startEdge({ edgeId: 'edge-2' }, { bus: edge.bus, state: edge.state });
    const moved = createTestPeer({ ...other, privateKey });
    await moved.register();
    await edge.bus.deliver(TOPIC, moved.peerId, command({ peer_id: moved.peerId }));
    const forwarded = edge.bus.published.at(-1);
    expect(forwarded).toMatchObject({
      topic: { name: 'edge-commands-edge-2' },
      key: moved.peerId,
      headers: { [FORWARDS_HEADER]: '1' },
    });
    await edge.bus.deliver('edge-commands-edge-2', moved.peerId, forwarded?.value);
    expect(await moved.next('command')).toMatchObject({ requestId: 'r-1' });
    await moved.leave();
  });
});

describe('a playback signal', () => {
  it('reaches its peer with what the session is for', async () => {
    await edge.bus.deliver(TOPIC, peer.peerId, offer());
    expect(await peer.next('playbackSignal')).toEqual({
      sessionId: 's-1',
      catalogId: Buffer.from(ID, 'hex'),
      signal: { $case: 'description', value: { type: 'offer', sdp: 'v=0' } },
      iceServers: [{ urls: ['stun:stun.example:3478'], username: '', credential: '' }],
    });
  });

  it('for a peer that is not connected notifies the viewer that the session is lost', async () => {
    const lost = offer({ peer_id: 'nobody' });
    await expect(edge.bus.deliver(TOPIC, 'nobody', lost, { attempt: 4 })).rejects.toThrow();
    expect(edge.bus.values('peer.playback.signals')).toMatchObject([
      {
        session_id: 's-1',
        peer_id: 'nobody',
        signal: { kind: 'lost', reason: 'peer nobody is not connected' },
      },
    ]);
  });
});
