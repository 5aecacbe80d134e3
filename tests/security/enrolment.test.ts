import { randomBytes } from 'node:crypto';
import type { Bus } from '@giggityflix/bus';
import { invitationHash } from '@giggityflix/proto/invitation';
import type { RedisClient, RedisConfig } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { testRedisConfig } from '@giggityflix/state/testing';
import { realRedis, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import type { GraphQLTestClient } from '@giggityflix/testing/processes';
import { type StatusObject, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState } from '../../edge/src/state/open.ts';
import type { EdgeState } from '../../edge/src/state/state.ts';
import { type RunningEdge, startEdge } from '../../edge/testing/edge.ts';
import { createTestPeer, type TestPeer, type TestPeerOptions } from '../../edge/testing/peer.ts';
import { startPeer, temporaryDir, testConfig } from '../../peer/testing/harness.ts';
import { type RunningTracker, runTracker } from '../../subgraphs/tracker/testing/running.ts';

/** A revoked peer is streamed to and listed no longer than this. */
const ENDS_WITHIN = { timeout: 2_000, interval: 10 };
const JOINS_WITHIN = { timeout: 10_000, interval: 50 };

const CREATE = `mutation ($input: CreatePeerInvitationInput!) {
  createPeerInvitation(input: $input) { code link invitation { id } }
}`;
const decision = (mutation: 'approvePeer' | 'revokePeer') =>
  `mutation ($peerId: ID!) { ${mutation}(peerId: $peerId) { member { membership } } }`;

async function invite(client: GraphQLTestClient, input: Record<string, unknown> = {}) {
  const { data } = await client.request(CREATE, { input: { name: "a friend's machine", ...input } });
  return data.createPeerInvitation as { code: string; link: string; invitation: { id: string } };
}

const peerCount = async (client: GraphQLTestClient, catalogId: string) =>
  (
    await client.request('query ($id: ID!) { catalogAvailability(catalogIds: [$id]) { peerCount } }', {
      id: catalogId,
    })
  ).data.catalogAvailability[0].peerCount;

const reasonOf = ({ metadata }: StatusObject) => metadata.get('refusal-reason')[0];

/** Tries once; how the stream ended, or null for a peer that is in. */
async function attempt(peer: TestPeer, enrolmentToken = ''): Promise<StatusObject | null> {
  return peer.register({ enrolmentToken }).then(
    () => null,
    () => peer.ended,
  );
}

/** Registers with an invitation, which reaches the edge over the bus. */
async function join(
  port: number,
  code: string,
  { privateKey, peerId }: Pick<TestPeerOptions, 'privateKey' | 'peerId'> = {},
): Promise<TestPeer> {
  let joined: TestPeer | undefined;
  await expect
    .poll(async () => {
      const peer = createTestPeer({ port, peerId, privateKey: joined?.privateKey ?? privateKey });
      joined = peer;
      return attempt(peer, code);
    }, JOINS_WITHIN)
    .toBeNull();
  return joined as TestPeer;
}

function announce(peer: TestPeer, catalogId: string): void {
  const value = { full: true, catalogIds: [Buffer.from(catalogId, 'hex')], removedCatalogIds: [] };
  peer.send({ $case: 'catalogUpdate', value: { ...value, updateId: '', final: true } }, 1);
}

const newFile = () => randomBytes(32).toString('hex');
const waitUntilEnded = async (peer: TestPeer) => {
  let ended: StatusObject | undefined;
  void peer.ended.then((how) => {
    ended = how;
  });
  await expect.poll(() => ended, ENDS_WITHIN).toMatchObject({ code: status.PERMISSION_DENIED });
};

describe('the all-in-one with ENROLMENT=invitation', () => {
  let stack: TestStack;
  let port: number;
  beforeAll(async () => {
    stack = await startStack({ env: { ENROLMENT: 'invitation' } });
    port = Number(stack.ports.EDGE_PORT);
    await samplesShared(stack);
  });
  afterAll(() => stack?.dispose());

  it('keeps a stranger out, and whom a friend gives a code that was used', async () => {
    expect(reasonOf((await attempt(createTestPeer({ port }))) as StatusObject)).toBe('INVITATION_REQUIRED');
    const { link } = await invite(stack.client);
    const friend = await join(port, link);
    const second = (await attempt(createTestPeer({ port }), link)) as StatusObject;
    expect(second.code).toBe(status.UNAUTHENTICATED);
    expect(reasonOf(second)).toBe('INVITATION_REFUSED');
    await friend.leave();
  });

  it('ends the stream of a revoked peer, hides its films, and knows it after the edge was killed', async () => {
    const { code } = await invite(stack.client);
    const peer = await join(port, code);
    const film = newFile();
    announce(peer, film);
    await expect.poll(() => peerCount(stack.client, film)).toBe(1);
    await stack.client.request(decision('revokePeer'), { peerId: peer.peerId });
    await waitUntilEnded(peer);
    await expect.poll(() => peerCount(stack.client, film), ENDS_WITHIN).toBe(0);
    const { data } = await stack.client.request('query ($id: ID!) { peer(id: $id) { name membership } }', {
      id: peer.peerId,
    });
    expect(data.peer).toEqual({ name: "a friend's machine", membership: 'REVOKED' });

    process.kill(stack.pidOf('edge'), 'SIGKILL');
    const another = await invite(stack.client);
    await expect
      .poll(async () => {
        const again = createTestPeer({ port, privateKey: peer.privateKey });
        return reasonOf((await attempt(again, another.code)) as StatusObject);
      }, JOINS_WITHIN)
      .toBe('REVOKED');
  });

  it('keeps the key of a revoked peer out, under whichever id and with new codes, until it is approved', async () => {
    const peer = await join(port, (await invite(stack.client)).code, { peerId: 'Garden' });
    await stack.client.request(decision('revokePeer'), { peerId: 'Garden' });
    await waitUntilEnded(peer);
    process.kill(stack.pidOf('edge'), 'SIGKILL');
    const { code } = await invite(stack.client);
    const { privateKey } = peer;
    for (const peerId of ['garden', 'my-peer', undefined, 'Other'])
      await expect
        .poll(async () => {
          const again = createTestPeer({ port, peerId, privateKey });
          return reasonOf((await attempt(again, code)) as StatusObject);
        }, JOINS_WITHIN)
        .toBe('REVOKED');
    await stack.client.request(decision('approvePeer'), { peerId: 'Garden' });
    const back = await join(port, '', { peerId: 'Garden', privateKey });
    const friend = await join(port, code);
    await Promise.all([back.leave(), friend.leave()]);
  });

  it('admits a daemon with an invitation, which then says that it was revoked', async () => {
    const { link } = await invite(stack.client);
    const env = { EDGE_GRPC_ADDRESS: `127.0.0.1:${port}`, PEER_INVITATION: link };
    const daemon = await startPeer(testConfig(temporaryDir(), env));
    await expect.poll(() => daemon.status().edge.state, JOINS_WITHIN).toBe('connected');
    await stack.client.request(decision('revokePeer'), { peerId: daemon.status().peerId });
    await expect
      .poll(() => daemon.status().edge, ENDS_WITHIN)
      .toMatchObject({ state: 'waiting', refusal: 'REVOKED', lastError: expect.stringContaining('revoked') });
  });

  it('has a peer wait until an operator approves it', async () => {
    const { code } = await invite(stack.client, { requiresApproval: true });
    const peer = createTestPeer({ port });
    let last = (await attempt(peer, code)) as StatusObject;
    await expect
      .poll(async () => {
        last = (await attempt(createTestPeer({ port, privateKey: peer.privateKey }), code)) as StatusObject;
        return reasonOf(last);
      }, JOINS_WITHIN)
      .toBe('PENDING_APPROVAL');
    expect(Number(last.metadata.get('retry-after')[0])).toBeGreaterThan(0);
    const approve = () => stack.client.request(decision('approvePeer'), { peerId: peer.peerId });
    await expect.poll(async () => (await approve()).data?.approvePeer?.member.membership).toBe('APPROVED');
    await (await join(port, '', peer)).leave();
  });
});

const redis = await realRedis();

describe.skipIf(redis.skip)('two edges on Redis', () => {
  let tracker: RunningTracker;
  let states: EdgeState[];
  let edges: RunningEdge<Bus>[];
  let store: RedisClient;

  const open = (config: RedisConfig) => openState({ kind: 'redis', redis: config });
  beforeAll(async () => {
    const config = testRedisConfig({ host: redis.host, port: redis.port });
    tracker = await runTracker({
      ENROLMENT: 'invitation',
      STATE: 'redis',
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
    });
    store = createRedis(config);
    await store.connect();
    states = [await open(config), await open(config)];
    edges = await Promise.all(
      states.map((state, n) =>
        startEdge<Bus>({ enrolment: 'invitation', edgeId: `enrolment-${n}` }, { bus: tracker.bus, state }),
      ),
    );
  });
  afterAll(async () => {
    for (const edge of edges ?? []) await edge[Symbol.asyncDispose]();
    for (const state of states ?? []) await state.close();
    await tracker?.stop();
    store?.disconnect();
  });

  it('let one of twenty peers use an invitation', async () => {
    const { code } = await invite(tracker.client);
    await expect.poll(() => store.exists(`gf:edge:{members}:invitation:${invitationHash(code)}`)).toBe(1);
    const peers = Array.from({ length: 20 }, (_, n) => createTestPeer(edges[n % 2] as RunningEdge<Bus>));
    const ends = await Promise.all(peers.map((peer) => attempt(peer, code)));
    expect(ends.filter((how) => how === null)).toHaveLength(1);
    for (const how of ends) if (how) expect(reasonOf(how)).toBe('INVITATION_REFUSED');
    await Promise.all(peers.map((peer) => peer.leave()));
  });

  it('end every stream of a revoked key, and refuse it under every id', async () => {
    const peer = await join(edges[0]!.port, (await invite(tracker.client)).code, { peerId: 'Revoked-Id' });
    const { privateKey } = peer;
    const alias = await join(edges[1]!.port, (await invite(tracker.client)).code, { privateKey });
    const film = newFile();
    announce(alias, film);
    await expect.poll(() => peerCount(tracker.client, film)).toBe(1);
    await tracker.client.request(decision('revokePeer'), { peerId: peer.peerId });
    await Promise.all([waitUntilEnded(peer), waitUntilEnded(alias)]);
    await expect.poll(() => peerCount(tracker.client, film), ENDS_WITHIN).toBe(0);
    const { code } = await invite(tracker.client);
    for (const { port } of edges)
      for (const peerId of ['revoked-id', undefined, 'other-id']) {
        const again = await attempt(createTestPeer({ port, peerId, privateKey }), code);
        expect(reasonOf(again as StatusObject)).toBe('REVOKED');
      }
  });

  it('end the stream of a revoked peer, whichever of them it is at', async () => {
    for (const edge of edges) {
      const { code } = await invite(tracker.client);
      const peer = await join(edge.port, code);
      const film = newFile();
      announce(peer, film);
      await expect.poll(() => peerCount(tracker.client, film)).toBe(1);
      await tracker.client.request(decision('revokePeer'), { peerId: peer.peerId });
      await waitUntilEnded(peer);
      await expect.poll(() => peerCount(tracker.client, film), ENDS_WITHIN).toBe(0);
      for (const { port } of edges) {
        const again = await attempt(createTestPeer({ port, privateKey: peer.privateKey }), code);
        expect(reasonOf(again as StatusObject)).toBe('REVOKED');
      }
    }
  });
});
