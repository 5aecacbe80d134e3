import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeZoneOf, type WatchHours, watchingAt } from './hours.ts';

const MINUTE_MS = 60_000;
const at = (text: string) => Date.parse(text);
const untilOf = (hours: WatchHours, moment: string) => {
  const watching = watchingAt(hours, at(moment));
  return watching.allowed ? new Date(watching.until).toISOString() : null;
};
const berlin = (from: string, until: string) => ({ from, until, timeZone: 'Europe/Berlin' });

describe('hours', () => {
  it.each([
    ['2026-01-15T06:29:59.999Z', null],
    ['2026-01-15T06:30:00Z', '2026-01-15T18:00:00.000Z'],
    ['2026-01-15T17:59:59.999Z', '2026-01-15T18:00:00.000Z'],
    ['2026-01-15T18:00:00Z', null],
    // In summer the same clocks are two hours ahead.
    ['2026-07-15T05:30:00Z', '2026-07-15T17:00:00.000Z'],
    ['2026-07-15T17:00:00Z', null],
  ])('are those of the clocks of their time zone: %s', (moment, until) => {
    expect(untilOf(berlin('07:30', '19:00'), moment)).toBe(until);
  });

  it.each([
    ['2026-01-15T17:00:00Z', '2026-01-16T01:00:00.000Z'],
    ['2026-01-16T00:59:59Z', '2026-01-16T01:00:00.000Z'],
    ['2026-01-16T01:00:00Z', null],
    ['2026-01-15T16:59:59Z', null],
  ])('may go beyond midnight: %s', (moment, until) => {
    expect(untilOf(berlin('18:00', '02:00'), moment)).toBe(until);
  });

  it.each([
    // Clocks go from 2:00 to 3:00.
    ['20:00', '02:30', '2026-03-28T22:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['20:00', '04:00', '2026-03-28T22:00:00Z', '2026-03-29T02:00:00.000Z'],
    ['03:00', '02:00', '2026-03-28T22:00:00Z', '2026-03-30T00:00:00.000Z'],
    // And from 3:00 to 2:00.
    ['20:00', '02:30', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['20:00', '02:30', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00.000Z'],
    ['20:00', '04:00', '2026-10-24T22:00:00Z', '2026-10-25T03:00:00.000Z'],
  ])('from %s until %s end by the clocks when those are changed: at %s', (from, until, moment, end) => {
    expect(untilOf(berlin(from, until), moment)).toBe(end);
  });

  it('let someone watch from now to their end, minute by minute, wherever that is', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Africa/Casablanca',
      'America/Santiago',
      'UTC',
    );
    // What the clocks show, found by another way.
    const clockAt = (timeZone: string) => {
      const format = new Intl.DateTimeFormat('sv', { timeZone, timeStyle: 'short' });
      return (moment: number) => format.format(moment);
    };
    fc.assert(
      fc.property(
        fc.record({ from: time, until: time, timeZone: zone }).filter(({ from, until }) => from !== until),
        fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
        (hours, moment) => {
          const clock = clockAt(hours.timeZone);
          const isInside = (when: number) => {
            const now = clock(when);
            return hours.from < hours.until
              ? now >= hours.from && now < hours.until
              : now >= hours.from || now < hours.until;
          };
          const watching = watchingAt(hours, moment);
          expect(watching.allowed).toBe(isInside(moment));
          if (!watching.allowed) return;
          for (let when = moment; when < watching.until; when += 13 * MINUTE_MS)
            expect(isInside(when), new Date(when).toISOString()).toBe(true);
          expect(isInside(watching.until - 1)).toBe(true);
          expect(isInside(watching.until)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('have a time zone by name', () => {
    expect(timeZoneOf('Europe/Berlin')).toBe('Europe/Berlin');
    expect(timeZoneOf('europe/berlin')).toBe('Europe/Berlin');
    for (const name of ['', 'Mars/Olympus', '+02:00', 'x'.repeat(10_000), '\u0000'])
      expect(timeZoneOf(name), name).toBeNull();
  });
});
