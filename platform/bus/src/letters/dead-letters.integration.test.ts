import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { realKafka } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { type Bus, on } from '../bus.ts';
import { runDeadLetters } from '../cli/dead-letters.ts';
import { type BusConfig, createBus } from '../config.ts';
import { openRawRecords } from '../open-records.ts';
import { rawRecordsCompliance } from '../raw/raw-records.compliance.ts';
import type { RawRecords } from '../raw/raw-records.ts';
import { resolveTopics } from '../topics/index.ts';
import { createLetters } from './letters.ts';

const kafka = await realKafka();
const logger = createLogger({ service: 'test', level: 'silent' });
const directory = mkdtempSync(join(tmpdir(), 'dead-letters-'));
afterAll(() => rmSync(directory, { recursive: true }));

const BUSES: [string, BusConfig, typeof kafka.skip][] = [
  ['the embedded bus', { kind: 'embedded', path: join(directory, 'bus.sqlite') }, false],
  [
    'Kafka',
    {
      kind: 'kafka',
      brokers: [kafka.bootstrapServers],
      partitions: 3,
      replicationFactor: 1,
      sessionTimeoutMs: 2_000,
      ssl: null,
      sasl: null,
    },
    kafka.skip,
  ],
];

describe.each(BUSES)('on %s', (name, config, skip) => {
  describe.skipIf(skip)('there', () => {
    rawRecordsCompliance(`the records of ${name}`, () => openRawRecords(config, logger));

    describe('dead letters', () => {
      const buses: Bus[] = [];
      afterAll(() => Promise.all(buses.map((bus) => bus.stop())));

      /** A consumer of closings that takes only those of one edge, and a command line on its bus. */
      const setUp = async () => {
        const topicName = `closed-${randomUUID()}`;
        const topics = resolveTopics({ KAFKA_PEER_DISCONNECTED_TOPIC: topicName });
        const bus = await createBus({ config, clientId: 'test', logger });
        await bus.start();
        buses.push(bus);
        const taken: string[] = [];
        let accepted = 'edge-1';
        await bus.consume({
          groupId: `group-${randomUUID()}`,
          from: 'earliest',
          retry: { maxRetries: 0, initialDelayMs: 1, maxDelayMs: 1, jitterFactor: 0 },
          routes: [
            on(topics.peerConnectionClosed, async ({ value }) => {
              if (value.edge_id !== accepted) throw new Error(`no room for ${value.edge_id}`);
              taken.push(value.peer_id);
            }),
          ],
        });
        const close = (peerId: string, edgeId: string) =>
          bus.publish({
            topic: topics.peerConnectionClosed,
            key: peerId,
            value: {
              event_type: 'disconnected',
              peer_id: peerId,
              edge_id: edgeId,
              connection_id: '01980001-0000-7000-8000-000000000000',
              reason: 'timeout',
              timestamp: new Date().toISOString(),
            },
          });
        const run = async (...argv: string[]) => {
          const printed: string[] = [];
          const read = () => ({ bus: config, topics, editor: 'false' });
          const status = await runDeadLetters(argv, read, (text) => printed.push(text));
          return { status, text: printed.join('\n') };
        };
        const list = async (...options: string[]) =>
          (await run('list', '--topic', topicName, '--json', ...options)).text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line));
        const accept = (edgeId: string) => {
          accepted = edgeId;
        };
        return { topicName, close, run, list, taken, accept };
      };

      it('are listed with their reasons, shown, replayed in order, and then listed no more', async () => {
        const { topicName, close, run, list, taken, accept } = await setUp();
        await close('fine', 'edge-1');
        for (const peer of ['a', 'b', 'c']) await close(peer, 'edge-2');
        await expect.poll(list).toHaveLength(3);
        expect(taken).toEqual(['fine']);
        const letters = await list();
        expect(letters[0]).toMatchObject({
          topic: topicName,
          reason: 'no room for edge-2',
          attempts: 1,
          decision: null,
        });
        const shown = await run('show', letters[0].id);
        expect(JSON.parse(shown.text).value).toMatchObject({ edge_id: 'edge-2' });
        expect((await run('list', '--topic', topicName)).text).toContain('no room for edge-2');
        accept('edge-2');
        expect(await run('replay', '--topic', topicName)).toEqual({ status: 0, text: 'replayed 3' });
        await expect.poll(() => taken.toSorted()).toEqual(['a', 'b', 'c', 'fine']);
        expect(await list()).toEqual([]);
        expect((await list('--all')).map(({ decision }) => decision.kind)).toEqual(
          Array.from({ length: 3 }, () => 'replayed'),
        );
      });

      it('are edited and dropped, and what would come back is refused', async () => {
        const { close, run, list, taken } = await setUp();
        await close('a', 'edge-2');
        await close('b', 'edge-2');
        await expect.poll(list).toHaveLength(2);
        const [one, other] = await list();
        const file = join(directory, 'value.json');
        writeFileSync(file, JSON.stringify({ ...one.value, reason: 'hunger' }));
        const refused = await run('edit', one.id, '--value', file);
        expect(refused.status).toBe(2);
        expect(refused.text).toMatch(/reason/);
        expect((await run('edit', one.id)).text).toMatch(/the editor failed; nothing was published/);
        writeFileSync(file, JSON.stringify({ ...one.value, edge_id: 'edge-1' }));
        expect(await run('edit', one.id, '--value', file)).toEqual({ status: 0, text: 'replayed 1' });
        await expect.poll(() => taken).toEqual([one.value.peer_id]);
        expect(await run('drop', other.id)).toEqual({ status: 0, text: 'dropped 1' });
        expect(await list()).toEqual([]);
      });

      it('are replayed once each, although the command was killed while it replayed', async () => {
        const { close, list, run, taken, accept } = await setUp();
        for (const edge of ['edge-2', 'edge-2']) await close('a', edge);
        await expect.poll(list).toHaveLength(2);
        accept('edge-2');
        const raw = await openRawRecords(config, logger);
        const [earlier, later] = await list();
        expect((await run('replay', later.id)).text).toMatch(/the earlier .* waits/);
        let left = 2;
        const killed: RawRecords = {
          ...raw,
          append: async (records) => {
            if (left-- === 0) throw new Error('killed');
            await raw.append(records);
          },
        };
        const letters = createLetters(killed, {
          topics: resolveTopics({ KAFKA_PEER_DISCONNECTED_TOPIC: earlier.topic }),
        });
        await expect(letters.replay(await letters.find([earlier.id, later.id]))).rejects.toThrow('killed');
        await raw.close();
        expect(await list()).toHaveLength(2);
        expect(await run('replay', later.id, earlier.id)).toEqual({ status: 0, text: 'replayed 2' });
        await close('end', 'edge-2');
        await expect.poll(() => taken.includes('end')).toBe(true);
        await expect.poll(() => taken.filter((peer) => peer === 'a')).toHaveLength(2);
        expect((await run('replay', later.id)).text).toMatch(/was replayed at/);
      });

      it.each([
        [['show', 'nothing/0/1'], /no dead letter nothing\/0\/1/],
        [['replay'], /name letters, or a --topic/],
        [['drop', 'x/0/1', '--topic', 'x'], /name letters, or a --topic/],
      ])('refuse %j', async (argv, words) => {
        const { run } = await setUp();
        const { status, text } = await run(...argv);
        expect(status).toBe(2);
        expect(text).toMatch(words);
      });
    });
  });
});
