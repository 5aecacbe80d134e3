import { join } from 'node:path';
import { on } from '@giggityflix/bus';
import { realRedis } from '@giggityflix/testing';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MEDIA_FILE, PEERS, type RunningViewing, startViewing } from '../testing/harness.ts';

const redis = await realRedis();

describe.skipIf(redis.skip)('two processes on one Redis and one bus', () => {
  let one: RunningViewing;
  let other: RunningViewing;
  beforeAll(async () => {
    const env = { STATE: 'redis', REDIS_ADDR: `${redis.host}:${redis.port}` };
    one = await startViewing(env);
    other = await startViewing({ ...env, BUS_PATH: join(one.folder, 'bus.db') });
  });
  afterAll(async () => {
    await other?.stop();
    await one?.stop();
  });

  it('share sessions, slots, keys and events', async () => {
    const wanted = { user_id: 'u', profile_id: 'p', content_id: MEDIA_FILE, device_id: 'd' };
    const { body } = await one.call('POST', '/api/playback/session', wanted);
    const path = `/api/playback/session/${body.session.session_id}`;
    expect((await other.call('POST', `${path}/pause`)).body).toEqual({ status: 'paused' });
    expect((await one.call('GET', path)).body.status).toBe('paused');
    const verdict = await other.call('POST', '/api/playback/token/validate', { token: body.playback_token });
    expect(verdict.body.valid).toBe(true);
    expect((await one.call('GET', '/.well-known/jwks.json')).body).toEqual(
      (await other.call('GET', '/.well-known/jwks.json')).body,
    );
    expect((await one.call('DELETE', `${path}/terminate`)).status).toBe(200);
    await expect
      .poll(() => [...one.history.events, ...other.history.events].map(({ type }) => type).sort(), {
        timeout: 15_000,
      })
      .toEqual(['playback.completed', 'playback.paused', 'playback.started']);
  });

  it('signal for one session, whichever the player is connected to', async () => {
    const { data } = await one.graphql(
      `mutation { createPlaybackSession(input: { profileId: "p", catalogId: "${MEDIA_FILE}", deviceId: "d" }) {
         ... on PlaybackSessionCreated { session { id } } } }`,
    );
    const sessionId = data.createPlaybackSession.session.id;
    const client = createClient({
      url: `${other.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const received: string[] = [];
    client.subscribe(
      {
        query: 'subscription S($id: ID!) { playbackSignals(sessionId: $id) { __typename } }',
        variables: { id: sessionId },
      },
      {
        next: (event) =>
          void received.push(
            String((event.data?.playbackSignals as { __typename?: string } | undefined)?.__typename),
          ),
        error: () => {},
        complete: () => {},
      },
    );
    await one.graphql(
      'mutation S($id: ID!) { sendPlaybackSignal(sessionId: $id, signal: { offer: { sdp: "v=0" } }) { accepted } }',
      { id: sessionId },
    );
    await one.bus.publish({
      topic: one.config.topics.peerPlaybackSignals,
      key: sessionId,
      value: {
        session_id: sessionId,
        peer_id: PEERS[0]!.peerId,
        signal: { kind: 'description', description: { type: 'answer', sdp: 'v=0' } },
        timestamp: new Date().toISOString(),
      },
    });
    await expect.poll(() => received).toEqual(['SessionDescription']);
    await client.dispose();
  });

  it('choose last whom a player reported at either of them', async () => {
    const open = async (viewing: RunningViewing) => {
      const { data } = await viewing.graphql(
        `mutation { createPlaybackSession(input: { profileId: "p", catalogId: "${MEDIA_FILE}", deviceId: "d" }) {
           ... on PlaybackSessionCreated { session { id } } } }`,
      );
      const { id } = data.createPlaybackSession.session;
      await viewing.graphql(
        'mutation S($id: ID!) { sendPlaybackSignal(sessionId: $id, signal: { offer: { sdp: "v=0" } }) { accepted } }',
        { id },
      );
      return id as string;
    };
    const sessionId = await open(one);
    await other.graphql(
      'mutation L($id: ID!) { leavePlaybackSource(sessionId: $id, source: 0, problem: NOT_PROVEN) { left } }',
      { id: sessionId },
    );
    const { body } = await one.call('GET', '/api/playback/demoted-peers');
    const [{ peer_id }] = body.demoted_peers;
    expect(PEERS.map(({ peerId }) => peerId)).toContain(peer_id);
    const chosen: string[] = [];
    const edge = await one.bus.broadcast({
      routes: [on(one.config.topics.edgeCommands('edge-1'), ({ value }) => void chosen.push(value.peer_id))],
    });
    await open(other);
    await expect.poll(() => chosen, { timeout: 60_000 }).toHaveLength(1);
    expect(chosen).not.toContain(peer_id);
    await edge.stop();
  });
});
