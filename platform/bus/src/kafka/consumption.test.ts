import { describe, expect, it, onTestFinished } from 'vitest';
import { createConsumption } from './consumption.ts';
import type { Reached } from './reachability.ts';

function setUp() {
  let now = 1_000_000;
  let bus: Reached = { reachable: true, since: 0 };
  const up: Record<string, boolean> = {};
  const consumption = createConsumption({
    sessionTimeoutMs: 10_000,
    clock: () => now,
    reachability: { current: async () => bus },
    metrics: {
      consuming(name, isConsuming) {
        up[name] = isConsuming;
      },
    },
  });
  onTestFinished(() => consumption.stop());
  const wait = (ms: number) => {
    now += ms;
  };
  const breakBus = () => {
    bus = { reachable: false, problem: 'no brokers' };
  };
  const repairBus = () => {
    bus = { reachable: true, since: now };
  };
  return { consumption, up, wait, breakBus, repairBus };
}

describe('what a process knows of its consumers', () => {
  it('is ready while all of them receive records, without asking the bus', async () => {
    const { consumption, up, breakBus } = setUp();
    consumption.add('group').consuming(true);
    breakBus();
    expect(await consumption.ready()).toEqual({ ready: true });
    expect(up).toEqual({ group: true });
  });

  it('names one that joins its group again, and is not ready when that takes long', async () => {
    const { consumption, up, wait } = setUp();
    const state = consumption.add('group');
    state.consuming(true);
    state.consuming(false);
    expect(up).toEqual({ group: false });
    expect(await consumption.ready()).toEqual({ ready: true, unavailable: ['the consumer group'] });
    wait(16_000);
    expect(await consumption.ready()).toEqual({
      ready: false,
      reason: 'the consumer group receives no records since 16 s',
    });
    state.consuming(true);
    expect(await consumption.ready()).toEqual({ ready: true });
  });

  it('is no less ready than others while the bus cannot be reached', async () => {
    const { consumption, wait, breakBus } = setUp();
    breakBus();
    consumption.add('group').consuming(false);
    wait(60_000);
    expect(await consumption.ready()).toEqual({
      ready: true,
      unavailable: ['the bus (no brokers)', 'the consumer group'],
    });
  });

  it('gives consumers time to join their groups once the bus answers again', async () => {
    const { consumption, wait, breakBus, repairBus } = setUp();
    consumption.add('group').consuming(false);
    breakBus();
    wait(60_000);
    repairBus();
    wait(14_000);
    expect(await consumption.ready()).toEqual({ ready: true, unavailable: ['the consumer group'] });
    wait(2_000);
    expect(await consumption.ready()).toEqual({
      ready: false,
      reason: 'the consumer group receives no records since 76 s',
    });
  });

  it('notices one that never joined, and one that no broker answers any more', async () => {
    const { consumption, wait, breakBus } = setUp();
    consumption.add('never');
    const hanging = consumption.add('hanging');
    hanging.consuming(true);
    wait(29_000);
    hanging.heard();
    expect(await consumption.ready()).toMatchObject({ reason: expect.stringContaining('never') });
    wait(31_000);
    breakBus();
    expect(await consumption.ready()).toMatchObject({
      unavailable: expect.arrayContaining(['the consumer hanging']),
    });
  });

  it('reports consumers of one name as up when all of them are, and forgets those that ended', async () => {
    const { consumption, up, wait } = setUp();
    const [one, other] = [consumption.add('broadcast'), consumption.add('broadcast')];
    one!.consuming(true);
    expect(up.broadcast).toBe(false);
    other!.ended();
    one!.consuming(true);
    expect(up.broadcast).toBe(true);
    wait(1_000);
    expect(await consumption.ready()).toEqual({ ready: true });
  });
});
