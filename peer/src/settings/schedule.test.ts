import { describe, expect, it } from 'vitest';
import { createSchedule, limitAt } from './schedule.ts';

describe('the limit of an hour', () => {
  const bandwidth = {
    limitKbps: 5_000,
    hours: [
      { from: 18, until: 23, limitKbps: 1_000 },
      { from: 23, until: 7, limitKbps: 0 },
    ],
  };
  it.each([
    [0, 0],
    [6, 0],
    [7, 5_000],
    [17, 5_000],
    [18, 1_000],
    [22, 1_000],
    [23, 0],
  ])('at %i is %i', (hour, limit) => expect(limitAt(bandwidth, hour)).toBe(limit));

  it('is applied when it becomes another', () => {
    const applied: number[] = [];
    let hour = 17;
    const schedule = createSchedule({
      settings: () => bandwidth,
      byDefault: 9,
      apply: (limit) => applied.push(limit),
      now: () => new Date(2026, 0, 1, hour),
    });
    schedule.look();
    schedule.look();
    hour = 19;
    schedule.look();
    expect(applied).toEqual([5_000, 1_000]);
  });

  it('is the default where the owner set none', () => {
    const schedule = createSchedule({ settings: () => null, byDefault: 9, apply: () => {} });
    expect(schedule.limit()).toBe(9);
  });
});
