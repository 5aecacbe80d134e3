import { describe, expect, it } from 'vitest';
import { createEventHub, SlowReaderError } from './event-hub.ts';

describe('the event hub', () => {
  it('gives a reader what it is to get first, then what comes', async () => {
    const hub = createEventHub<number>();
    const events = hub.read(['a'], [1, 2]);
    hub.emit('a', 3);
    const read = [await events.next(), await events.next(), await events.next()];
    expect(read.map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('hands the events of several channels over in order, each once', async () => {
    const hub = createEventHub<number>();
    const reader = hub.read(['a', 'b', 'a']);
    hub.emit('a', 1);
    hub.emit('c', 2);
    hub.emit('b', 3);
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    expect(await reader.next()).toEqual({ done: false, value: 3 });
    const waiting = reader.next();
    hub.emit('a', 4);
    expect(await waiting).toEqual({ done: false, value: 4 });
  });

  it('gives every reader every event, from when it began to read', async () => {
    const hub = createEventHub<number>();
    const one = hub.read(['a']);
    hub.emit('a', 1);
    const two = hub.read(['a']);
    hub.emit('a', 2);
    expect([(await one.next()).value, (await one.next()).value]).toEqual([1, 2]);
    expect((await two.next()).value).toBe(2);
  });

  it('cuts off a reader that falls too far behind, after what it has waiting', async () => {
    const hub = createEventHub<number>({ maxWaiting: 2 });
    const reader = hub.read(['a']);
    for (const n of [1, 2, 3, 4]) hub.emit('a', n);
    expect(hub.readers).toBe(0);
    expect((await reader.next()).value).toBe(1);
    expect((await reader.next()).value).toBe(2);
    await expect(reader.next()).rejects.toThrow(SlowReaderError);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('forgets a reader that left, though it was waiting', async () => {
    const hub = createEventHub<number>();
    const reader = hub.read(['a', 'b']);
    const waiting = reader.next();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(hub.readers).toBe(0);
    hub.emit('a', 1);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('ends every reader when it closes', async () => {
    const hub = createEventHub<number>();
    const ends = [hub.read(['a']), hub.read(['b'])].map(async (reader) => {
      for await (const _ of reader);
    });
    hub.close();
    await Promise.all(ends);
    expect(hub.readers).toBe(0);
  });
});
