import { type Consumer, type EdgeCommand, on, type Signal } from '@giggityflix/bus';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MEDIA_FILE, PEERS, type RunningViewing, startViewing } from '../../testing/harness.ts';

const CREATE = `mutation Create($input: CreatePlaybackSessionInput!) {
  createPlaybackSession(input: $input) {
    __typename
    ... on PlaybackSessionCreated {
      session { id userId profileId catalogId deviceId status startedAt lastHeartbeatAt positionSeconds file { catalogId } }
      playbackToken
      maxSources
      iceServers { urls username credential }
    }
    ... on ConcurrencyLimitReached { maxConcurrentStreams activeSessions { id deviceId } }
    ... on NotEntitled { message }
    ... on ContentUnavailable { message }
  }
}`;
const SEND = `mutation Send($sessionId: ID!, $signal: PlaybackSignalInput!) {
  sendPlaybackSignal(sessionId: $sessionId, signal: $signal) { accepted }
}`;
const SIGNALS = `subscription Signals($sessionId: ID!) {
  playbackSignals(sessionId: $sessionId) {
    __typename
    ... on SessionDescription { type sdp }
    ... on IceCandidate { candidate sdpMid sdpMLineIndex }
    ... on PeerLost { peerId reason }
  }
}`;
const wanted = { profileId: 'p1', catalogId: MEDIA_FILE, deviceId: 'tv' };
const answer: Signal = { kind: 'description', description: { type: 'answer', sdp: 'v=0 answer' } };
const candidate: Signal = {
  kind: 'candidate',
  candidate: { candidate: 'candidate:1', sdp_mid: '0', sdp_m_line_index: 0 },
};

let viewing: RunningViewing;
let edge: Consumer;
const commands: EdgeCommand[] = [];

beforeAll(async () => {
  viewing = await startViewing({
    STUN_SERVERS: 'stun:127.0.0.1:12345',
    TURN_SERVERS: 'turn:127.0.0.1:3478',
    TURN_SECRET: 'turn-secret',
    MAX_CONCURRENT_STREAMS: '1000',
  });
  edge = await viewing.bus.broadcast({
    routes: [on(viewing.config.topics.edgeCommands('edge-1'), ({ value }) => void commands.push(value))],
  });
});
afterAll(async () => {
  await edge.stop();
  await viewing.stop();
});

async function newSession(profileId = 'p1'): Promise<string> {
  const { data } = await viewing.graphql(CREATE, { input: { ...wanted, profileId } });
  return data.createPlaybackSession.session.id;
}

const send = (sessionId: string, signal: unknown) => viewing.graphql(SEND, { sessionId, signal });
const commandsOf = (sessionId: string) =>
  commands.filter((command) => command.parameters.session_id === sessionId);

function fromPeer(sessionId: string, signal: Signal, peerId = PEERS[0]!.peerId) {
  return viewing.bus.publish({
    topic: viewing.config.topics.peerPlaybackSignals,
    key: sessionId,
    value: { session_id: sessionId, peer_id: peerId, signal, timestamp: new Date().toISOString() },
  });
}

function subscribe(sessionId: string) {
  const client = createClient({
    url: `${viewing.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const received: unknown[] = [];
  client.subscribe(
    { query: SIGNALS, variables: { sessionId } },
    {
      next: ({ data, errors }) =>
        void received.push(errors ?? (data as { playbackSignals: unknown }).playbackSignals),
      error: (error) => void received.push(error),
      complete: () => {},
    },
  );
  return { received, close: () => client.dispose() };
}

const SEND_TO = `mutation Send($sessionId: ID!, $signal: PlaybackSignalInput!, $source: Int!) {
  sendPlaybackSignal(sessionId: $sessionId, signal: $signal, source: $source) { accepted }
}`;
const LEAVE = `mutation Leave($sessionId: ID!, $source: Int!, $problem: SourceProblem) {
  leavePlaybackSource(sessionId: $sessionId, source: $source, problem: $problem) { left }
}`;
const sendTo = (sessionId: string, source: number, signal: unknown = { offer: { sdp: 'v=0' } }) =>
  viewing.graphql(SEND_TO, { sessionId, source, signal });
const accepted = async (sending: ReturnType<typeof sendTo>) => {
  const { data, errors } = await sending;
  return errors?.[0]?.extensions.code ?? data.sendPlaybackSignal.accepted;
};
/** What each peer was sent of a session, in order. */
const sentTo = (sessionId: string) =>
  commandsOf(sessionId).map(({ peer_id, parameters }) => {
    const signal = parameters.signal as Signal;
    return [peer_id, signal.kind === 'lost' ? signal.reason : signal.kind];
  });

describe('sessions over GraphQL', () => {
  it('are created for the caller, with a token and ICE servers', async () => {
    const { data } = await viewing.graphql(CREATE, { input: wanted });
    const created = data.createPlaybackSession;
    expect(created).toMatchObject({
      __typename: 'PlaybackSessionCreated',
      session: {
        userId: 'demo',
        ...wanted,
        status: 'ACTIVE',
        positionSeconds: 0,
        file: { catalogId: MEDIA_FILE },
      },
      playbackToken: expect.stringMatching(/^ey/),
      maxSources: 6,
    });
    const [stun, turn] = created.iceServers;
    expect(stun).toEqual({ urls: ['stun:127.0.0.1:12345'], username: null, credential: null });
    expect(turn).toMatchObject({ urls: ['turn:127.0.0.1:3478'], username: expect.stringMatching(/^\d+:/) });
  });

  it('go through their life, and refuse what their state does not allow', async () => {
    const sessionId = await newSession();
    const act = (name: string) =>
      viewing.graphql(
        `mutation M($sessionId: ID!) { ${name}(sessionId: $sessionId) { session { id status } } }`,
        {
          sessionId,
        },
      );
    expect((await act('pausePlayback')).data.pausePlayback.session).toEqual({
      id: sessionId,
      status: 'PAUSED',
    });
    expect((await act('resumePlayback')).data.resumePlayback.session.status).toBe('ACTIVE');
    expect((await act('stopPlayback')).data.stopPlayback.session.status).toBe('STOPPED');
    const { errors } = await act('pausePlayback');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', status: 'STOPPED' });
  });

  it('say what is wrong with their input', async () => {
    const bad = async (input: object) =>
      (await viewing.graphql(CREATE, { input: { ...wanted, ...input } })).errors?.[0];
    expect(await bad({ profileId: 'a b' })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect((await bad({ region: 'usa' }))?.message).toContain('input.region');
    const sessionId = await newSession();
    const beat = await viewing.graphql(
      'mutation M($id: ID!) { playbackHeartbeat(sessionId: $id, positionSeconds: -1) { session { id } } }',
      { id: sessionId },
    );
    expect(beat.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('distinguish a file that no peer has from one that plays', async () => {
    const { data } = await viewing.graphql(CREATE, { input: { ...wanted, catalogId: 'c'.repeat(64) } });
    expect(data.createPlaybackSession.__typename).toBe('ContentUnavailable');
  });

  it('return where a profile left off, for many titles in one query', async () => {
    const sessionId = await newSession('watcher');
    await viewing.graphql(
      'mutation M($id: ID!) { playbackHeartbeat(sessionId: $id, positionSeconds: 42) { session { id } } }',
      { id: sessionId },
    );
    const representations = [
      { __typename: 'Title', id: 't1', files: [{ __typename: 'MediaFile', catalogId: MEDIA_FILE }] },
      { __typename: 'Title', id: 't2', files: [{ __typename: 'MediaFile', catalogId: 'd'.repeat(64) }] },
      { __typename: 'Title', id: 't3', files: [] },
    ];
    const progress = vi.spyOn(viewing.history, 'progress');
    await vi.waitFor(
      async () => {
        progress.mockClear();
        const { data } = await viewing.graphql(
          `query Q($representations: [_Any!]!) { _entities(representations: $representations) {
          ... on Title { progress(profileId: "watcher") { positionSeconds completed } } } }`,
          { representations },
        );
        expect(data._entities).toEqual([
          { progress: { positionSeconds: 42, completed: false } },
          { progress: null },
          { progress: null },
        ]);
      },
      { timeout: 10_000 },
    );
    expect(progress).toHaveBeenCalledTimes(1);
    const { data } = await viewing.graphql(
      '{ continueWatching(first: 5, profileId: "watcher") { catalogId positionSeconds file { catalogId } } }',
    );
    expect(data.continueWatching).toEqual([
      { catalogId: MEDIA_FILE, positionSeconds: 42, file: { catalogId: MEDIA_FILE } },
    ]);
  });
});

describe('signalling', () => {
  it('relays an offer and candidates to one peer, and its answer back', async () => {
    const sessionId = await newSession();
    const player = subscribe(sessionId);
    expect((await send(sessionId, { offer: { type: 'offer', sdp: 'v=0 offer' } })).data).toEqual({
      sendPlaybackSignal: { accepted: true },
    });
    await send(sessionId, { candidate: { candidate: 'candidate:9', sdpMid: '0', sdpMLineIndex: 0 } });
    await expect.poll(() => commandsOf(sessionId)).toHaveLength(2);
    expect(commandsOf(sessionId)[0]).toMatchObject({
      type: 'stream_signal',
      peer_id: 'peer-1',
      parameters: {
        catalog_id: MEDIA_FILE,
        signal: { kind: 'description', description: { type: 'offer', sdp: 'v=0 offer' } },
        ice_servers: [{ urls: ['stun:127.0.0.1:12345'] }, { urls: ['turn:127.0.0.1:3478'] }],
      },
    });
    expect(commandsOf(sessionId)[1]).toMatchObject({ peer_id: 'peer-1', parameters: { ice_servers: [] } });
    await fromPeer(sessionId, answer);
    await fromPeer(sessionId, candidate);
    await expect
      .poll(() => player.received)
      .toEqual([
        { __typename: 'SessionDescription', type: 'answer', sdp: 'v=0 answer' },
        { __typename: 'IceCandidate', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 },
      ]);
    await player.close();
  });

  it('delivers to a player that subscribes late what it missed, once', async () => {
    const sessionId = await newSession();
    await send(sessionId, { offer: { sdp: 'v=0' } });
    await fromPeer(sessionId, answer);
    const early = subscribe(sessionId);
    await expect.poll(() => early.received).toHaveLength(1);
    const late = subscribe(sessionId);
    await expect.poll(() => late.received).toHaveLength(1);
    await fromPeer(sessionId, candidate);
    await expect.poll(() => [early.received.length, late.received.length]).toEqual([2, 2]);
    await Promise.all([early.close(), late.close()]);
  });

  it('drops what another peer signals for the session', async () => {
    const sessionId = await newSession();
    const player = subscribe(sessionId);
    await send(sessionId, { offer: { sdp: 'v=0' } });
    await fromPeer(sessionId, answer, 'peer-3');
    await fromPeer(sessionId, candidate);
    await expect
      .poll(() => player.received)
      .toEqual([expect.objectContaining({ __typename: 'IceCandidate' })]);
    await player.close();
  });

  it.each(['stream_error', 'revoked'] as const)(
    'reports a lost peer (%s), and chooses another for the next offer',
    async (lost) => {
      const sessionId = await newSession();
      const player = subscribe(sessionId);
      await send(sessionId, { offer: { sdp: 'v=0' } });
      const closed = (connectionId: string, reason: typeof lost | 'edge_draining') =>
        viewing.bus.publish({
          topic: viewing.config.topics.peerConnectionClosed,
          key: 'peer-1',
          value: {
            event_type: 'disconnected',
            peer_id: 'peer-1',
            edge_id: 'edge-1',
            connection_id: connectionId,
            reason,
            timestamp: new Date().toISOString(),
          },
        });
      await closed('0199aaaa-0000-7000-8000-0000000000ff', lost);
      await closed(PEERS[0]!.connectionId, 'edge_draining');
      await closed(PEERS[0]!.connectionId, lost);
      await expect
        .poll(() => player.received)
        .toEqual([{ __typename: 'PeerLost', peerId: 'peer-1', reason: null }]);
      expect(
        (await send(sessionId, { candidate: { candidate: 'x' } })).data.sendPlaybackSignal.accepted,
      ).toBe(false);
      await send(sessionId, { offer: { sdp: 'v=0' } });
      await expect.poll(() => commandsOf(sessionId).at(-1)?.peer_id).toBe('peer-2');
      await player.close();
    },
  );

  it.each([
    ['busy', 'BUSY'],
    ['not_found', 'NOT_SHARED'],
    ['<b>constructor</b>', null],
    ['constructor', null],
  ])('says why a peer refuses an offer, in the words it knows: %s', async (said, reason) => {
    const sessionId = await newSession();
    const player = subscribe(sessionId);
    await send(sessionId, { offer: { sdp: 'v=0' } });
    await fromPeer(sessionId, { kind: 'lost', reason: said }, 'peer-1');
    await expect.poll(() => player.received).toEqual([{ __typename: 'PeerLost', peerId: 'peer-1', reason }]);
    await player.close();
  });

  it.each(['stop', 'terminate'])('ends the streams at every peer of a session on %s', async (action) => {
    const sessionId = await newSession();
    await send(sessionId, { offer: { sdp: 'v=0' } });
    await send(sessionId, { offer: { sdp: 'v=0' } });
    const method = action === 'stop' ? 'POST' : 'DELETE';
    await viewing.call(method, `/api/playback/session/${sessionId}/${action}`);
    const signal = { kind: 'lost', reason: 'session_ended' };
    const ended = () =>
      commandsOf(sessionId).filter(
        (command) => (command.parameters.signal as typeof signal).reason === signal.reason,
      );
    // At once, and once more with the event of the end.
    await expect
      .poll(() => ended().map(({ peer_id }) => peer_id))
      .toEqual(['peer-1', 'peer-2', 'peer-1', 'peer-2']);
    expect(Date.parse(ended()[0]!.expires_at) - Date.now()).toBeGreaterThan(3_000_000);
  });

  it('tries another peer when an offer is made again, and lost ones when no other is left', async () => {
    const sessionId = await newSession();
    for (let attempt = 0; attempt < 3; attempt += 1) await send(sessionId, { offer: { sdp: 'v=0' } });
    const sent = (kind: string) =>
      commandsOf(sessionId)
        .filter((command) => (command.parameters.signal as Signal).kind === kind)
        .map((command) => command.peer_id);
    await expect.poll(() => sent('description')).toEqual(['peer-1', 'peer-2', 'peer-1']);
    // The peer that a session leaves serves it no longer.
    expect(sent('lost')).toEqual(['peer-1', 'peer-2']);
    for (const { peerId } of [PEERS[0]!, PEERS[1]!, PEERS[2]!]) {
      await fromPeer(sessionId, { kind: 'lost', reason: 'lost' }, peerId);
      await send(sessionId, { offer: { sdp: 'v=0' } });
    }
    expect((await send(sessionId, { offer: { sdp: 'v=0' } })).data.sendPlaybackSignal.accepted).toBe(true);
  });

  it.each([
    [{}, 'exactly one'],
    [{ offer: { sdp: 'v=0' }, candidate: { candidate: 'c' } }, 'exactly one'],
    [{ offer: { type: 'answer', sdp: 'v=0' } }, 'expected offer'],
    [{ offer: { sdp: '' } }, 'sdp'],
    [{ offer: { sdp: 'x'.repeat(70_000) } }, '65536'],
    [{ candidate: { candidate: 'c', sdpMLineIndex: -1 } }, 'sdpMLineIndex'],
  ])('refuses %j', async (signal, message) => {
    const { errors } = await send(await newSession(), signal);
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('is for live sessions that exist', async () => {
    const { errors } = await send('unknown', { offer: { sdp: 'v=0' } });
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const player = subscribe('unknown');
    await expect.poll(() => JSON.stringify(player.received)).toContain('NOT_FOUND');
    await player.close();
  });
});

describe('several sources', () => {
  const offering = async (sources: number[]) => {
    const sessionId = await newSession();
    const outcomes = await Promise.all(sources.map((source) => accepted(sendTo(sessionId, source))));
    return { sessionId, outcomes };
  };

  it('are served by different peers, even when they are offered to at once', async () => {
    const { sessionId, outcomes } = await offering([0, 1, 2]);
    expect(outcomes).toEqual([true, true, true]);
    await expect.poll(() => sentTo(sessionId)).toHaveLength(3);
    expect(sentTo(sessionId).sort()).toEqual(PEERS.map(({ peerId }) => [peerId, 'description']));
  });

  it('are no more than the peers that have the file, which is no failure', async () => {
    const { sessionId, outcomes } = await offering([0, 1, 2]);
    expect(outcomes).toEqual([true, true, true]);
    expect(await accepted(sendTo(sessionId, 3))).toBe(false);
    expect(await accepted(sendTo(sessionId, 3, { candidate: { candidate: 'c' } }))).toBe(false);
    for (const source of [-1, 6]) expect(await accepted(sendTo(sessionId, source))).toBe('BAD_USER_INPUT');
  });

  it('are left one by one: the session ends at that peer alone, and does not come back to it', async () => {
    const { sessionId } = await offering([0, 1]);
    await expect.poll(() => sentTo(sessionId)).toHaveLength(2);
    const leave = async (source: number, problem: string | null) =>
      (await viewing.graphql(LEAVE, { sessionId, source, problem })).data.leavePlaybackSource.left;
    const [left, other] = sentTo(sessionId).map(([peerId]) => peerId);
    const source = (await accepted(sendTo(sessionId, 1, { candidate: { candidate: 'c' } }))) === true ? 1 : 0;
    await expect.poll(() => sentTo(sessionId)).toHaveLength(3);
    const peerOfSource = sentTo(sessionId).at(-1)![0];
    expect(await leave(source, 'NOT_PROVEN')).toBe(true);
    expect(await leave(source, 'NOT_PROVEN')).toBe(false);
    await expect.poll(() => sentTo(sessionId).at(-1)).toEqual([peerOfSource, 'session_moved']);
    expect(await accepted(sendTo(sessionId, source))).toBe(true);
    await expect.poll(() => sentTo(sessionId).at(-1)).toEqual(['peer-3', 'description']);
    expect([left, other].sort()).toEqual(['peer-1', 'peer-2']);
    expect(await accepted(sendTo(sessionId, 2))).toBe(false);
  });

  it('take one slot', async () => {
    const { sessionId } = await offering([0, 1, 2]);
    const { data } = await viewing.graphql('{ concurrency { activeSessions { id } } }');
    const slots = (data.concurrency.activeSessions as { id: string }[]).filter(({ id }) => id === sessionId);
    expect(slots).toHaveLength(1);
  });

  it('are one where an operator wants one', async () => {
    const single = await startViewing({ PLAYBACK_MAX_SOURCES: '1' });
    try {
      const { data } = await single.graphql(CREATE, { input: wanted });
      const { session, maxSources } = data.createPlaybackSession;
      expect(maxSources).toBe(1);
      const offer = { sessionId: session.id, signal: { offer: { sdp: 'v=0' } } };
      expect((await single.graphql(SEND, offer)).data.sendPlaybackSignal.accepted).toBe(true);
      const { errors } = await single.graphql(SEND_TO, { ...offer, source: 1 });
      expect(errors?.[0]).toMatchObject({
        message: 'source must be 0',
        extensions: { code: 'BAD_USER_INPUT' },
      });
    } finally {
      await single.stop();
    }
  });
});
