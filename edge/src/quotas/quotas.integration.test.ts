import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningEdge, startEdge, testConfig } from '../../testing/edge.ts';
import { createTestPeer, type TestPeer } from '../../testing/peer.ts';
import { CLAIM_RETRY_MS } from './claimed-files.ts';

let edge: RunningEdge;
const peers: TestPeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.vanish();
  await edge[Symbol.asyncDispose]();
});

const NONE = { perSecond: 0, burst: 1 };
const connect = async () => {
  const peer = createTestPeer(edge);
  peers.push(peer);
  const registration = await peer.register();
  return { peer, registration };
};
const ids = (count: number) => Array.from({ length: count }, () => randomBytes(32));
const announce = (peer: TestPeer, sequence: number, changes = {}) =>
  peer.send(
    {
      $case: 'catalogUpdate',
      value: {
        full: true,
        catalogIds: [],
        removedCatalogIds: [],
        updateId: '',
        final: true,
        ...changes,
      },
    },
    sequence,
  );
const updates = () => edge.bus.values('peer.catalog.updated');

describe('the files of a peer', () => {
  it('are as many as its quota, which it learns when it registers', async () => {
    edge = await startEdge({ quotas: { ...testConfig.quotas, maxFiles: 10 } });
    const { peer, registration } = await connect();
    expect(registration.quotas).toMatchObject({ maxFiles: 10 });
    announce(peer, 1, { catalogIds: ids(10) });
    announce(peer, 2, { full: false, catalogIds: ids(1) });
    expect(await peer.next('refusal')).toMatchObject({
      sequence: 2,
      reason: expect.stringContaining('10 files'),
      retryAfterMilliseconds: CLAIM_RETRY_MS,
    });
    announce(peer, 3, { full: false, catalogIds: ids(1), removedCatalogIds: ids(1) });
    await expect.poll(() => updates().length).toBe(2);
  });

  it('are refused with every part of an update that goes over it, so that no half of it counts', async () => {
    edge = await startEdge({ quotas: { ...testConfig.quotas, maxFiles: 10 } });
    const { peer } = await connect();
    announce(peer, 1, { catalogIds: ids(8), updateId: 'u', final: false });
    announce(peer, 2, { catalogIds: ids(8), updateId: 'u', final: false });
    announce(peer, 3, { catalogIds: ids(1), updateId: 'u', final: true });
    announce(peer, 4, { catalogIds: ids(9), updateId: 'v' });
    await expect.poll(() => updates().map(({ update_id }) => update_id)).toEqual(['u', 'v']);
    expect(updates()[0]).toMatchObject({ final: false });
  });
});

describe('a peer that sends too fast', () => {
  it('is read on at its rate and loses nothing, and another one is not slowed down', async () => {
    const messages = { perSecond: 100, burst: 40 };
    edge = await startEdge({ quotas: { ...testConfig.quotas, peer: { messages, files: NONE } } });
    const [{ peer: flood }, { peer: other }] = [await connect(), await connect()];
    for (let sequence = 1; sequence <= 60; sequence += 1)
      announce(flood, sequence, { full: false, catalogIds: ids(1) });
    announce(other, 1, { catalogIds: ids(1) });
    await expect.poll(() => updates().filter(({ peer_id }) => peer_id === other.peerId)).toHaveLength(1);
    expect(updates().length).toBeLessThan(60);
    await expect
      .poll(() => flood.received.findLast(({ $case }) => $case === 'acknowledgement'))
      .toMatchObject({ value: { sequence: 60 } });
    expect(updates()).toHaveLength(61);
  });
});

it('one address holds as many connections as it may, and others still get in', async () => {
  edge = await startEdge({ admission: { ...testConfig.admission, maxPeersPerNetwork: 2 } });
  const { peer } = await connect();
  await connect();
  const refused = createTestPeer(edge);
  await expect(refused.register()).rejects.toMatchObject({
    code: 8,
    details: expect.stringContaining('of your address'),
  });
  await peer.leave();
  await connect();
});
