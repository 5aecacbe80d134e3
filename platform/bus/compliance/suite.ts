import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createLogger, type RetryPolicy } from '@giggityflix/kernel';
import type { Registry } from '@giggityflix/telemetry';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { type Bus, type ConsumeOptions, type IncomingRecord, on } from '../src/bus.ts';
import { type BusConfig, createBus } from '../src/config.ts';
import type { ChildOrder, ChildReport } from './child.ts';
import { complianceTopic } from './topic.ts';

/** What an adapter gives so that the suite can be run against it. */
export interface BusUnderTest {
  config: BusConfig;
  /** Appends bytes as a foreign producer does: no headers, perhaps no key. */
  appendRaw(topic: string, key: string | null, value: Buffer): Promise<void>;
  close(): Promise<void>;
}

export const quick: RetryPolicy = { maxRetries: 2, initialDelayMs: 5, maxDelayMs: 20, jitterFactor: 0.2 };
export const patient: RetryPolicy = { ...quick, initialDelayMs: 60_000, maxDelayMs: 60_000 };
/** A process of its own takes its time to start and to report on a busy machine. */
const CHILD = { timeout: 60_000 };

/** What the tests of each promise work with. */
export type ComplianceSuite = ReturnType<typeof createComplianceSuite>;

/** To be called within a `describe`, whose hooks open the bus before the first test and close everything after. */
export function createComplianceSuite(
  setUp: () => Promise<BusUnderTest>,
  { takeoverMs }: { takeoverMs: number },
) {
  let under: BusUnderTest;
  let bus: Bus;
  const opened: Bus[] = [];
  const children: ChildProcess[] = [];

  const open = async (metrics?: Registry): Promise<Bus> => {
    const other = await createBus({
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
    return { ...consumer, got, numbers: () => got.map(({ value }) => value.n) };
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
    await expect.poll(() => records.length).toBeGreaterThanOrEqual(count);
    await consumer.stop();
    return records;
  };

  const startChild = async () => {
    const child = fork(new URL('./child.ts', import.meta.url), [JSON.stringify(under.config)], {
      execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    });
    children.push(child);
    const reports: ChildReport[] = [];
    child.on('message', (report: ChildReport) => reports.push(report));
    const until = (kind: ChildReport['report']) =>
      expect.poll(() => reports.map(({ report }) => report), CHILD).toContain(kind);
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
  return {
    takeoverMs,
    open,
    fresh,
    publish,
    collect,
    readRaw,
    startChild,
    /** The one that is open for all tests. */
    get bus() {
      return bus;
    },
    get under() {
      return under;
    },
  };
}
