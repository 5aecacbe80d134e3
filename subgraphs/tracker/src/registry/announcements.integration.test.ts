import { on } from '@giggityflix/bus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connection, file } from '../../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../../testing/running.ts';

let running: RunningTracker;
let beating: NodeJS.Timeout;

beforeAll(async () => {
  running = await runTracker({ CONNECTION_TIMEOUT_SECONDS: '1', HEARTBEAT_INTERVAL_SECONDS: '1' });
});
afterAll(async () => {
  clearInterval(beating);
  await running?.stop();
});

it('asks the edge of a peer it knows nothing of for everything, until it is announced', async () => {
  const asked: unknown[] = [];
  const edge = await running.bus.consume({
    groupId: 'edge',
    from: 'earliest',
    routes: [on(running.topics.edgeCommands('edge-1'), async ({ value }) => void asked.push(value))],
  });
  // As after the tracker's state was lost: the edge sent the rest long ago.
  await running.edge.established('known');
  const beat = () =>
    Promise.all(['known', 'forgotten'].map((peer) => running.edge.heartbeat(peer, 0).catch(() => {})));
  beating = setInterval(() => void beat(), 200);
  const request = {
    type: 'announce_again',
    peer_id: 'forgotten',
    parameters: { connection_id: connection(1) },
  };
  await expect.poll(() => asked).not.toEqual([]);
  expect(asked[0]).toMatchObject(request);
  await running.edge.shares('forgotten', [file(1)]);
  const count = async () => {
    const query = 'query ($id: ID!) { catalogAvailability(catalogIds: [$id]) { peerCount } }';
    const { data } = await running.client.request(query, { id: file(1) });
    return data?.catalogAvailability[0].peerCount;
  };
  await expect.poll(count).toBe(1);
  await edge.stop();
  expect(new Set(asked.map((value) => (value as typeof request).peer_id))).toEqual(new Set(['forgotten']));
  const { data } = await running.client.request('{ peer(id: "forgotten") { state catalogSize } }');
  expect(data?.peer).toEqual({ state: 'CONNECTED', catalogSize: 1 });
});
