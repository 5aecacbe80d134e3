import { realKafka } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file } from '../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../testing/running.ts';

const kafka = await realKafka({ dedicated: true });
// A broker that others use must not be stopped.
const { server } = kafka;

const CONNECTION_TIMEOUT_SECONDS = 6;
const WAIT = { timeout: 40_000, interval: 100 };

describe.skipIf(kafka.skip || !server)(
  'while Kafka is unavailable for longer than a peer may be silent',
  () => {
    let running: RunningTracker;
    beforeAll(async () => {
      running = await runTracker({
        BUS: 'kafka',
        KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
        KAFKA_TOPIC_PARTITIONS: '2',
        KAFKA_SESSION_TIMEOUT: '6s',
        CONNECTION_TIMEOUT_SECONDS: String(CONNECTION_TIMEOUT_SECONDS),
        HEARTBEAT_INTERVAL_SECONDS: '1',
      });
    }, 90_000);
    afterAll(() => running?.stop());

    const metric = async (name: string, label = '') => {
      const text = await (await fetch(`${running.url}/metrics`)).text();
      return Number(new RegExp(`^${name}\\{.*${label}.*\\} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    const behind = () => metric('tracker_events_behind_seconds');
    const peers = (state: string) => metric('tracker_peers', `state="${state}"`);

    it('no peer expires, and one that is silent afterwards does', async () => {
      const id = file(1);
      const count = async () => {
        const { data } = await running.client.request(
          'query ($id: ID!) { catalogAvailability(catalogIds: [$id]) { peerCount } }',
          { id },
        );
        return data?.catalogAvailability[0].peerCount;
      };
      for (const peer of ['living', 'leaving']) {
        await running.edge.established(peer);
        await running.edge.shares(peer, [id]);
      }
      await expect.poll(count, WAIT).toBe(2);

      await server?.kill();
      await expect.poll(behind, WAIT).toBeGreaterThan(CONNECTION_TIMEOUT_SECONDS + 3);
      expect(await count()).toBe(2);
      await server?.restart();
      await expect.poll(behind, WAIT).toBeLessThan(3);
      expect(await count()).toBe(2);
      expect(await peers('STALE')).toBe(0);

      const beating = setInterval(() => void running.edge.heartbeat('living', 0).catch(() => {}), 500);
      try {
        await expect.poll(count, WAIT).toBe(1);
        expect(await peers('CONNECTED')).toBe(1);
      } finally {
        clearInterval(beating);
      }
    }, 120_000);
  },
);
