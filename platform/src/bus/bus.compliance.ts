import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import type { ChildOrder, ChildReport } from './bus.compliance.child.ts';
import { complianceTopic } from './bus.compliance.topic.ts';
import {
  type Bus,
  type ConsumeOptions,
  DEAD_LETTER_HEADERS,
  type IncomingRecord,
  on,
  RejectMessage,
  type RetryPolicy,
} from './bus.ts';
import { type BusConfig, createBus } from './config.ts';
import { InvalidRecordError } from './record.ts';
import { currentTraceparent, TRACEPARENT, withTrace } from './trace.ts';

/** What an adapter gives so that the suite can be run against it. */
export interface BusUnderTest {
  config: BusConfig;
  /** Appends bytes as a foreign producer does: no headers, perhaps no key. */
  appendRaw(topic: string, key: string | null, value: Buffer): Promise<void>;
  close(): Promise<void>;
}

const quick: RetryPolicy = { maxRetries: 2, initialDelayMs: 5, maxDelayMs: 20, jitterFactor: 0.2 };
const patient: RetryPolicy = { ...quick, initialDelayMs: 60_000, maxDelayMs: 60_000 };

/** The promises of {@link Bus}, to be kept by every adapter. `takeoverMs`: how soon a killed member is replaced. */
export function busCompliance(
  name: string,
  setUp: () => Promise<BusUnderTest>,
  { takeoverMs }: { takeoverMs: number },
): void {
  describe(`${name} keeps the promises of the bus`, () => {
    let under: BusUnderTest;
    let bus: Bus;
    const opened: Bus[] = [];
    const children: ChildProcess[] = [];

    const open = async (metrics?: ReturnType<typeof createMetrics>): Promise<Bus> => {
      const other = createBus({
        config: under.config,
        clientId: 'compliance',
        logger: createLogger({ service: 'test', level: 'silent' }),
        metrics,
      });
      await other.start();
      opened.push(other);
      return other;
    };
    const fresh = () => ({ topic: complianceTopic(`t-${randomUUID()}`), groupId: `g-${randomUUID()}` });
    type TestTopic = ReturnType<typeof fresh>['topic'];
    const publish = (topic: TestTopic, key: string, ...numbers: number[]) =>
      bus.publish(numbers.map((n) => ({ topic, key, value: { n } })));

    /** Joins a group and collects what it gets. */
    const collect = async (
      topic: TestTopic,
      options: Omit<ConsumeOptions, 'routes'>,
      handle: (record: IncomingRecord<{ n: number }>) => unknown = () => {},
      through: Bus = bus,
    ) => {
      const got: IncomingRecord<{ n: number }>[] = [];
      const consumer = await through.consume({
        retry: quick,
        ...options,
        routes: [
          on(topic, async (record) => {
            got.push(record);
            await handle(record);
          }),
        ],
      });
      return { got, numbers: () => got.map(({ value }) => value.n), stop: () => consumer.stop() };
    };

    /** What lies in a topic, values unparsed. */
    const readRaw = async (topicName: string, count: number) => {
      const records: IncomingRecord[] = [];
      const anything = { name: topicName, schema: z.unknown(), type: 'any' };
      const consumer = await bus.consume({
        groupId: `raw-${randomUUID()}`,
        from: 'earliest',
        routes: [on(anything, (record) => void records.push(record))],
      });
      await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(count), { timeout: 10_000 });
      await consumer.stop();
      return records;
    };

    const startChild = async () => {
      const child = fork(
        new URL('./bus.compliance.child.ts', import.meta.url),
        [JSON.stringify(under.config)],
        {
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      );
      children.push(child);
      const reports: ChildReport[] = [];
      child.on('message', (report: ChildReport) => reports.push(report));
      const until = (kind: ChildReport['report']) =>
        vi.waitFor(() => expect(reports.map(({ report }) => report)).toContain(kind), { timeout: 10_000 });
      await until('started');
      return {
        order: (order: ChildOrder) => child.send(order),
        until,
        got: () => reports.flatMap((report) => (report.report === 'got' ? [report.n] : [])),
        kill: () => child.kill('SIGKILL'),
        stall: () => child.kill('SIGSTOP'),
        wake: () => child.kill('SIGCONT'),
      };
    };

    beforeAll(async () => {
      under = await setUp();
      bus = await open();
    });
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      for (const other of opened.splice(0)) if (other !== bus) await other.stop();
      opened.push(bus);
    });
    afterAll(async () => {
      for (const other of opened) await other.stop();
      await under?.close();
    });

    describe('publishing', () => {
      it('hands a record to a group with its key, parsed value, time and CloudEvents headers', async () => {
        const { topic, groupId } = fresh();
        const { got } = await collect(topic, { groupId });
        await bus.publish({ topic, key: 'k', value: { n: 1 }, headers: { 'x-extra': 'yes' } });
        await vi.waitFor(() => expect(got).toHaveLength(1));
        expect(got[0]).toMatchObject({
          topic: topic.name,
          key: 'k',
          value: { n: 1 },
          attempt: 1,
          headers: {
            ce_specversion: '1.0',
            ce_type: 'compliance',
            ce_source: 'compliance',
            'content-type': 'application/json',
            'x-extra': 'yes',
          },
        });
        expect(got[0]?.headers.ce_id).toMatch(/^[0-9a-f-]{36}$/);
        expect(Math.abs(Date.now() - Date.parse(got[0]?.headers.ce_time ?? ''))).toBeLessThan(10_000);
        expect(Math.abs(Date.now() - (got[0]?.timestamp ?? 0))).toBeLessThan(10_000);
        expect(got[0]?.offset).toMatch(/^\d+$/);
      });

      it('publishes nothing of a call with a value that fails the schema', async () => {
        const { topic, groupId } = fresh();
        const { numbers } = await collect(topic, { groupId });
        const bad = { topic, key: 'k', value: { n: 'one' as never } };
        await expect(bus.publish([{ topic, key: 'k', value: { n: 1 } }, bad])).rejects.toThrow(
          InvalidRecordError,
        );
        await publish(topic, 'k', 2);
        await vi.waitFor(() => expect(numbers()).toEqual([2]));
      });

      it.each([
        ['an empty key', { key: '' }],
        ['a value over the size limit', { key: 'k', value: 'x'.repeat(1_000_001) }],
      ])('refuses %s', async (_, part) => {
        const topic = { name: fresh().topic.name, schema: z.unknown(), type: 'any' };
        await expect(bus.publish({ topic, value: 1, ...part })).rejects.toThrow(InvalidRecordError);
      });

      it('keeps what it acknowledged when the publisher is killed', async () => {
        const { topic, groupId } = fresh();
        const { numbers } = await collect(topic, { groupId });
        const child = await startChild();
        child.order({ order: 'publish', topic: topic.name, key: 'k', numbers: [1, 2, 3] });
        await child.until('published');
        child.kill();
        await vi.waitFor(() => expect(numbers()).toEqual([1, 2, 3]), { timeout: 5_000 });
      });

      it('carries the trace of the work that publishes to the work that handles', async () => {
        const { topic, groupId } = fresh();
        const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
        let handling: string | undefined;
        const { got } = await collect(topic, { groupId }, () => {
          handling = currentTraceparent();
        });
        await withTrace(trace, () => publish(topic, 'k', 1));
        await vi.waitFor(() => expect(handling).toBeDefined());
        expect(got[0]?.headers[TRACEPARENT]).toContain(trace.slice(0, 35));
        expect(handling).toContain(trace.slice(0, 35));
      });
    });

    describe('order', () => {
      it('hands the records of a key over in order, one at a time', async () => {
        const { topic, groupId } = fresh();
        const running = new Set<string>();
        let overlaps = 0;
        const { got } = await collect(topic, { groupId }, async ({ key, value }) => {
          if (running.has(key)) overlaps += 1;
          running.add(key);
          await new Promise((resolve) => setTimeout(resolve, (value.n * 7) % 5));
          running.delete(key);
        });
        const keys = ['a', 'b', 'c', 'd', 'e'];
        for (let n = 0; n < 40; n += 1) void publish(topic, keys[n % keys.length] as string, n);
        await vi.waitFor(() => expect(got).toHaveLength(40), { timeout: 10_000 });
        expect(overlaps).toBe(0);
        for (const key of keys) {
          const numbers = got.filter((record) => record.key === key).map(({ value }) => value.n);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        }
      });

      it('works on several keys at once, up to the concurrency asked for', async () => {
        const { topic, groupId } = fresh();
        let running = 0;
        let most = 0;
        const { got } = await collect(topic, { groupId, concurrency: 3 }, async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 10));
          running -= 1;
        });
        for (let n = 0; n < 30; n += 1) void publish(topic, `k${n}`, n);
        await vi.waitFor(() => expect(got).toHaveLength(30), { timeout: 10_000 });
        expect(most).toBe(3);
      });

      it('keeps the records of a key behind one that is retried, and lets other keys go on', async () => {
        const { topic, groupId } = fresh();
        let failures = 0;
        let release = () => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        const { got } = await collect(topic, { groupId }, async ({ value }) => {
          if (value.n !== 1) return;
          await held;
          failures += 1;
          if (failures < 3) throw new Error('not yet');
        });
        await publish(topic, 'slow', 1, 2);
        await publish(topic, 'other', 3);
        await vi.waitFor(() => expect(got.map(({ value }) => value.n)).toContain(3));
        expect(got.map(({ value }) => value.n)).not.toContain(2);
        release();
        await vi.waitFor(() => expect(got.map(({ value }) => value.n)).toContain(2));
        const slow = got.filter(({ key }) => key === 'slow').map(({ value, attempt }) => [value.n, attempt]);
        expect(slow).toEqual([
          [1, 1],
          [1, 2],
          [1, 3],
          [2, 1],
        ]);
      });
    });

    describe('dead letters', () => {
      it('take a record whose retries are used up, unchanged, with the reason', async () => {
        const { topic, groupId } = fresh();
        const { got } = await collect(topic, { groupId }, ({ value }) => {
          if (value.n === 1) throw new Error('the disk is on fire');
        });
        await publish(topic, 'k', 1, 2);
        await vi.waitFor(() => expect(got.map(({ value }) => value.n)).toEqual([1, 1, 1, 2]));
        const [letter] = await readRaw(`${topic.name}.deadletter`, 1);
        expect(letter).toMatchObject({ key: 'k', value: { n: 1 } });
        expect(letter?.headers).toMatchObject({
          ce_type: 'compliance',
          [DEAD_LETTER_HEADERS.topic]: topic.name,
          [DEAD_LETTER_HEADERS.partition]: String(got[0]?.partition),
          [DEAD_LETTER_HEADERS.offset]: got[0]?.offset,
          [DEAD_LETTER_HEADERS.reason]: 'the disk is on fire',
          [DEAD_LETTER_HEADERS.attempts]: '3',
          [DEAD_LETTER_HEADERS.consumerGroup]: groupId,
        });
      });

      it('take a rejected record at once, on the topic that was named', async () => {
        const { topic, groupId } = fresh();
        const deadLetterTopic = (source: string) => `${source}.refused`;
        const { got } = await collect(topic, { groupId, deadLetterTopic }, () => {
          throw new RejectMessage('no such peer');
        });
        await publish(topic, 'k', 1);
        const [letter] = await readRaw(`${topic.name}.refused`, 1);
        expect(letter?.headers[DEAD_LETTER_HEADERS.reason]).toBe('no such peer');
        expect(letter?.headers[DEAD_LETTER_HEADERS.attempts]).toBe('1');
        expect(got).toHaveLength(1);
      });

      it('take what does not parse or fails the schema, and the group goes on', async () => {
        const { topic, groupId } = fresh();
        const { numbers } = await collect(topic, { groupId });
        await under.appendRaw(topic.name, 'k', Buffer.from('{"n": 1.5}'));
        await under.appendRaw(topic.name, 'k', Buffer.from([0x22, 0xff, 0xfe, 0x22]));
        await under.appendRaw(topic.name, 'k', Buffer.from('{not json'));
        await under.appendRaw(topic.name, 'k', Buffer.from('{"n": 4}'));
        await vi.waitFor(() => expect(numbers()).toEqual([4]), { timeout: 5_000 });
        const taken: string[] = [];
        const letters = { name: `${topic.name}.deadletter`, schema: z.unknown(), type: 'any' };
        await bus.consume({
          groupId: `raw-${randomUUID()}`,
          from: 'earliest',
          retry: { ...quick, maxRetries: 0 },
          deadLetterTopic: (source) => `${source}.twice`,
          routes: [
            on(letters, ({ headers }) => void taken.push(headers[DEAD_LETTER_HEADERS.reason] as string)),
          ],
        });
        // Two of the three are not JSON, so reading them as such dead-letters them once more.
        await vi.waitFor(() => expect(taken).toEqual([expect.stringMatching(/^fails the schema: n: /)]));
      });
    });

    it('takes records of foreign producers, without headers and without a key', async () => {
      const { topic, groupId } = fresh();
      const { got } = await collect(topic, { groupId });
      for (const n of [1, 2, 3]) await under.appendRaw(topic.name, null, Buffer.from(`{"n": ${n}}`));
      await vi.waitFor(() => expect(got).toHaveLength(3), { timeout: 5_000 });
      expect(got[0]).toMatchObject({ key: '', headers: {} });
    });

    describe('groups', () => {
      it('each get every record', async () => {
        const { topic, groupId } = fresh();
        const first = await collect(topic, { groupId });
        const second = await collect(topic, { groupId: `${groupId}-2` });
        await publish(topic, 'k', 1, 2);
        await vi.waitFor(() => expect(first.numbers()).toEqual([1, 2]));
        await vi.waitFor(() => expect(second.numbers()).toEqual([1, 2]));
      });

      it('share the work between their members', async () => {
        const { topic, groupId } = fresh();
        const one = await collect(topic, { groupId });
        const two = await collect(topic, { groupId }, undefined, await open());
        let n = 0;
        // Partitions move to the new member a moment after it joined.
        await vi.waitFor(
          async () => {
            await Promise.all(Array.from({ length: 20 }, () => publish(topic, `k${n}`, n++)));
            expect(two.got.length).toBeGreaterThan(0);
          },
          { timeout: 10_000, interval: 100 },
        );
        const settledAt = n;
        await Promise.all(Array.from({ length: 40 }, () => publish(topic, `k${n}`, n++)));
        await vi.waitFor(() => expect(new Set([...one.numbers(), ...two.numbers()]).size).toBe(n), {
          timeout: 10_000,
        });
        const late = (numbers: number[]) => numbers.filter((number) => number >= settledAt);
        expect(late(one.numbers()).length).toBeGreaterThan(0);
        expect(late(two.numbers()).length).toBeGreaterThan(0);
        expect(late([...one.numbers(), ...two.numbers()])).toHaveLength(40);
      });

      it('begin at the end, or at the beginning when asked', async () => {
        const { topic, groupId } = fresh();
        await publish(topic, 'k', 1);
        const latest = await collect(topic, { groupId });
        const earliest = await collect(topic, { groupId: `${groupId}-all`, from: 'earliest' });
        await publish(topic, 'k', 2);
        await vi.waitFor(() => expect(earliest.numbers()).toEqual([1, 2]), { timeout: 5_000 });
        await vi.waitFor(() => expect(latest.numbers()).toEqual([2]));
      });

      it('get every record published after consume resolved, on many keys', async () => {
        const { topic, groupId } = fresh();
        const { numbers } = await collect(topic, { groupId });
        await Promise.all(Array.from({ length: 50 }, (_, n) => publish(topic, `k${n}`, n)));
        await vi.waitFor(() => expect(new Set(numbers()).size).toBe(50), { timeout: 5_000 });
      });

      it('continue where they stopped, wherever they would begin', async () => {
        const { topic, groupId } = fresh();
        const before = await collect(topic, { groupId });
        await publish(topic, 'k', 1);
        await vi.waitFor(() => expect(before.numbers()).toEqual([1]));
        await before.stop();
        await publish(topic, 'k', 2);
        const after = await collect(topic, { groupId }, undefined, await open());
        await publish(topic, 'k', 3);
        await vi.waitFor(() => expect(after.numbers()).toEqual([2, 3]), { timeout: 5_000 });
        expect(before.numbers()).toEqual([1]);
      });

      it('of one exclusive member go on at once without a predecessor that has not left', async () => {
        const { topic, groupId } = fresh();
        const first = await collect(topic, { groupId, exclusive: true });
        await publish(topic, 'k', 1);
        await vi.waitFor(() => expect(first.numbers()).toEqual([1]));
        await first.stop();
        const finish = Promise.withResolvers<void>();
        const stuck = await collect(topic, { groupId, exclusive: true }, () => finish.promise, await open());
        await publish(topic, 'k', 2, 3);
        await vi.waitFor(() => expect(stuck.numbers()).toEqual([2]), { timeout: 5_000 });
        const next = await collect(topic, { groupId, exclusive: true }, undefined, await open());
        await vi.waitFor(() => expect(next.numbers()).toEqual([2, 3]), { timeout: 5_000 });
        finish.resolve();
        await next.stop();
        await stuck.stop();
        await publish(topic, 'k', 4);
        const last = await collect(topic, { groupId, exclusive: true, from: 'earliest' });
        await vi.waitFor(() => expect(last.numbers()).toEqual([4]), { timeout: 5_000 });
      });

      it('hand the work of a killed member to the others, unfinished records included', async () => {
        const { topic, groupId } = fresh();
        const child = await startChild();
        child.order({ order: 'consume', topic: topic.name, groupId });
        await child.until('consuming');
        // Each key's first record hangs; those of other partitions finish around it.
        await bus.publish([
          { topic, key: 'a', value: { n: 1 } },
          { topic, key: 'b', value: { n: 2, hang: true } },
          { topic, key: 'b', value: { n: 3 } },
          { topic, key: 'c', value: { n: 4 } },
        ]);
        await vi.waitFor(() => expect(new Set(child.got())).toEqual(new Set([1, 2, 4])), { timeout: 5_000 });
        const other = await collect(topic, { groupId }, undefined, await open());
        child.kill();
        const killedAt = performance.now();
        await vi.waitFor(() => expect(other.numbers().filter((n) => n === 2 || n === 3)).toEqual([2, 3]), {
          timeout: takeoverMs + 5_000,
        });
        expect(performance.now() - killedAt).toBeLessThan(takeoverMs);
        await publish(topic, 'b', 5);
        await vi.waitFor(() => expect(other.numbers()).toContain(5));
      });
    });

    it('goes on past a member that stalls, and past its return', async () => {
      const { topic, groupId } = fresh();
      const child = await startChild();
      child.order({ order: 'consume', topic: topic.name, groupId });
      await child.until('consuming');
      await publish(topic, 'k0', 0);
      await vi.waitFor(() => expect(child.got()).toEqual([0]), { timeout: 5_000 });
      child.stall();
      const other = await collect(topic, { groupId }, undefined, await open());
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      for (const n of numbers) await publish(topic, `k${n % 7}`, n);
      // The first may come again: whoever stalls has perhaps not committed it.
      const later = () => new Set(other.numbers().filter((n) => n > 0));
      await vi.waitFor(() => expect(later()).toEqual(new Set(numbers)), { timeout: takeoverMs + 5_000 });
      child.wake();
      await publish(topic, 'k0', 21, 22, 23);
      await vi.waitFor(
        () => {
          const both = new Set([...child.got(), ...other.numbers()]);
          expect([21, 22, 23].every((n) => both.has(n))).toBe(true);
        },
        { timeout: takeoverMs + 5_000 },
      );
      for (let key = 0; key < 7; key += 1) {
        const ofKey = other.got.filter((record) => record.key === `k${key}`).map(({ value }) => value.n);
        expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
      }
    });

    it('works off a backlog larger than what is read ahead, though one key holds its partition up', async () => {
      const { topic, groupId } = fresh();
      const count = 6_000;
      const records = Array.from({ length: count }, (_, n) => ({
        topic,
        key: n === 0 ? 'held' : `k${n % 50}`,
        value: { n },
      }));
      for (let n = 0; n < count; n += 1_000) await bus.publish(records.slice(n, n + 1_000));
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const got = new Set<number>();
      await bus.consume({
        groupId,
        from: 'earliest',
        routes: [
          on(topic, async ({ value }) => {
            if (value.n === 0) await held;
            got.add(value.n);
          }),
        ],
      });
      await vi.waitFor(() => expect(got.size).toBeGreaterThan(count / 2), { timeout: 10_000 });
      release();
      await vi.waitFor(() => expect(got.size).toBe(count), { timeout: 10_000 });
    });

    describe('broadcast', () => {
      it('reaches every process with what is published from now on', async () => {
        const { topic } = fresh();
        await publish(topic, 'k', 1);
        const one: number[] = [];
        const two: number[] = [];
        const other = await open();
        await bus.broadcast({ routes: [on(topic, ({ value }) => void one.push(value.n))] });
        await other.broadcast({ routes: [on(topic, ({ value }) => void two.push(value.n))] });
        await publish(topic, 'k', 2, 3);
        await vi.waitFor(() => expect(one).toEqual([2, 3]), { timeout: 5_000 });
        await vi.waitFor(() => expect(two).toEqual([2, 3]), { timeout: 5_000 });
      });

      it('goes on past a handler that throws and a value that fails the schema', async () => {
        const { topic } = fresh();
        const got: number[] = [];
        const consumer = await bus.broadcast({
          routes: [
            on(topic, ({ value }) => {
              got.push(value.n);
              throw new Error('no');
            }),
          ],
        });
        await publish(topic, 'k', 1);
        await under.appendRaw(topic.name, 'k', Buffer.from('nonsense'));
        await publish(topic, 'k', 2);
        await vi.waitFor(() => expect(got).toEqual([1, 2]), { timeout: 5_000 });
        await consumer.stop();
        await publish(topic, 'k', 3);
        expect(got).toEqual([1, 2]);
      });
    });

    describe('stopping', () => {
      it('waits for handlers in flight and commits what they did', async () => {
        const { topic, groupId } = fresh();
        let finish = () => {};
        const held = new Promise<void>((resolve) => {
          finish = resolve;
        });
        const first = await open();
        const { got } = await collect(topic, { groupId }, () => held, first);
        await publish(topic, 'k', 1, 2);
        await vi.waitFor(() => expect(got).toHaveLength(1));
        let stopped = false;
        const stopping = first.stop().then(() => {
          stopped = true;
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(stopped).toBe(false);
        finish();
        await stopping;
        expect(got).toHaveLength(1);
        const second = await collect(topic, { groupId });
        await vi.waitFor(() => expect(second.numbers()).toEqual([2]), { timeout: 5_000 });
      });

      it('does not wait for retries: their record comes again to the next member', async () => {
        const { topic, groupId } = fresh();
        const first = await open();
        const { got } = await collect(
          topic,
          { groupId, retry: patient },
          () => {
            throw new Error('down');
          },
          first,
        );
        await publish(topic, 'k', 1);
        await vi.waitFor(() => expect(got).toHaveLength(1));
        await first.stop();
        const second = await collect(topic, { groupId });
        await vi.waitFor(() => expect(second.numbers()).toEqual([1]), { timeout: 5_000 });
      });

      it('is safe twice', async () => {
        const other = await open();
        await other.stop();
        await other.stop();
      });
    });

    it('tells whether it can be reached', async () => {
      await expect(bus.check()).resolves.toBeUndefined();
    });

    it('counts what it does', async () => {
      const { topic, groupId } = fresh();
      const registry = createMetrics('test', { processMetrics: false });
      const other = await open(registry);
      const { got } = await collect(
        topic,
        { groupId },
        ({ value }) => {
          if (value.n === 2) throw new Error('no');
        },
        other,
      );
      await other.publish([1, 2].map((n) => ({ topic, key: 'k', value: { n } })));
      await vi.waitFor(() => expect(got).toHaveLength(4));
      await other.stop();
      const text = await registry.metrics();
      expect(text).toMatch(new RegExp(`bus_published_total{topic="${topic.name}".*} 2`));
      expect(text).toMatch(new RegExp(`bus_retries_total{topic="${topic.name}".*} 2`));
      expect(text).toMatch(new RegExp(`bus_dead_letters_total{topic="${topic.name}".*} 1`));
      expect(text).toMatch(new RegExp(`bus_handle_seconds_count{.*topic="${topic.name}".*} 1`));
    });

    it('refuses two routes for one topic', async () => {
      const { topic, groupId } = fresh();
      const route = on(topic, () => {});
      await expect(bus.consume({ groupId, routes: [route, route] })).rejects.toThrow(/two routes/);
    });
  });
}
