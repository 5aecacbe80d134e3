import { EventEmitter } from 'node:events';
import { createLogger } from '@giggityflix/kernel';
import type { Consumer as KafkaConsumer } from 'kafkajs';
import { describe, expect, it, vi } from 'vitest';
import { superviseConsumer } from './supervisor.ts';

/** A consumer that does what the test says. */
function fakeConsumer() {
  const emitter = new EventEmitter();
  return Object.assign(emitter, {
    events: { CRASH: 'crash', GROUP_JOIN: 'join', FETCH: 'fetch', HEARTBEAT: 'heartbeat' },
    disconnect: vi.fn(async () => {}),
    joins: () => emitter.emit('join', { payload: {} }),
    crashes: (restart: boolean) =>
      emitter.emit('crash', { payload: { restart, error: new Error('no coordinator') } }),
  });
}

function supervise(run: (attempt: number) => Promise<void> = async () => {}, reenterMs = 1) {
  const made: ReturnType<typeof fakeConsumer>[] = [];
  const states: boolean[] = [];
  const lines: string[] = [];
  const supervised = superviseConsumer({
    name: 'test',
    reenterMs,
    logger: createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } }),
    renewed() {},
    state: { consuming: (isConsuming) => void states.push(isConsuming), heard() {}, ended() {} },
    async create() {
      made.push(fakeConsumer());
      return made.at(-1) as unknown as KafkaConsumer;
    },
    run: () => run(made.length),
  });
  return { supervised, made, states, messages: () => lines.map((line) => JSON.parse(line).msg as string) };
}

describe('a supervised consumer', () => {
  it('is replaced after each crash that kafkajs does not recover from, until one runs', async () => {
    const failing = new Set([2, 3]);
    const { supervised, made, states } = supervise(async (attempt) => {
      if (failing.has(attempt)) throw new Error('no brokers');
    });
    await supervised.enter();
    made[0]!.joins();
    made[0]!.crashes(false);
    await expect.poll(() => made.length).toBe(4);
    made[3]!.joins();
    made[3]!.crashes(false);
    await expect.poll(() => made.length).toBe(5);
    made[4]!.joins();
    expect(supervised.consumer()).toBe(made[4]);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('logs one line for an outage, and one for its end', async () => {
    const failing = new Set([2, 3]);
    const { supervised, made, messages } = supervise(async (attempt) => {
      if (failing.has(attempt)) throw new Error('no brokers');
    });
    await supervised.enter();
    made[0]!.joins();
    for (let n = 0; n < 5; n++) made[0]!.crashes(true);
    made[0]!.crashes(false);
    await expect.poll(() => made.length).toBe(4);
    made[3]!.joins();
    expect(messages()).toEqual([
      'a consumer failed, joining the group again',
      'a consumer receives records again',
    ]);
  });

  it('is left alone while kafkajs restarts it', async () => {
    const { supervised, made, states } = supervise();
    await supervised.enter();
    made[0]!.joins();
    made[0]!.crashes(true);
    made[0]!.joins();
    expect(made).toHaveLength(1);
    expect(states).toEqual([true, false, true]);
  });

  it('fails at its start when it cannot begin', async () => {
    const { supervised, made } = supervise(async () => {
      throw new Error('no brokers');
    });
    await expect(supervised.enter()).rejects.toThrow('no brokers');
    expect(made[0]!.disconnect).toHaveBeenCalled();
    expect(made).toHaveLength(1);
  });

  it('is not replaced once it is not wanted any more', async () => {
    const { supervised, made } = supervise(undefined, 60_000);
    await supervised.enter();
    made[0]!.crashes(false);
    // Resolves only when nobody waits to start another one.
    await supervised.leave();
    expect(made).toHaveLength(1);
    expect(made[0]!.disconnect).toHaveBeenCalled();
  });
});
