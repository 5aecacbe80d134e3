import { describe, expect, it } from 'vitest';
import { createEventHub, SlowReaderError } from './event-hub.ts';
import { mapEvents } from './map-events.ts';

describe('mapped events', () => {
  it('come converted, until their source ends', async () => {
    const hub = createEventHub<number>();
    const events = mapEvents(hub.read(['a']), async (n) => `${n}`);
    for (const n of [1, 2]) hub.emit('a', n);
    expect([await events.next(), await events.next()].map(({ value }) => value)).toEqual(['1', '2']);
    hub.close();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('end their source when the reader leaves while it waits', async () => {
    const hub = createEventHub<number>();
    const events = mapEvents(hub.read(['a']), (n) => n);
    const waiting = events.next();
    await events.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(hub.readers).toBe(0);
  });

  it('end their source when the reader fails', async () => {
    const hub = createEventHub<number>();
    const events = mapEvents(hub.read(['a']), (n) => n);
    await expect(events.throw!(new Error('the reader failed'))).rejects.toThrow('the reader failed');
    expect(hub.readers).toBe(0);
  });

  it('say in their own words why they failed', async () => {
    const hub = createEventHub<number>({ maxWaiting: 1 });
    const events = mapEvents(
      hub.read(['a']),
      (n) => n,
      (error) => (error instanceof SlowReaderError ? new Error('too slow') : error),
    );
    for (const n of [1, 2]) hub.emit('a', n);
    expect(await events.next()).toEqual({ done: false, value: 1 });
    await expect(events.next()).rejects.toThrow('too slow');
  });
});
