import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPace, MAX_WAITING_BYTES, type PaceConfig } from './pace.ts';

const NONE = { perSecond: 0, burst: 1 };
const unlimited: PaceConfig = {
  peer: { messages: NONE, files: NONE },
  network: { messages: NONE, files: NONE },
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(config: Partial<PaceConfig>) {
  const went: string[] = [];
  const waits = new Map<string, boolean>();
  const pace = createPace<{ name: string }>(
    { ...unlimited, ...config },
    { onWait: ({ name }, value) => waits.set(name, value), now: () => Date.now() },
  );
  const open = (name: string, network = 'here', peerId = name) => {
    const connection = { name };
    pace.open(connection, peerId, network);
    return {
      close: () => pace.close(connection),
      send: (files: number, bytes = 10) =>
        pace.admit(connection, { cost: { messages: 1, files }, bytes, go: () => void went.push(name) }),
    };
  };
  return { pace, open, went, waits };
}

describe('a peer', () => {
  it('sends its burst at once, and from then on at its rate, losing nothing', () => {
    const { open, went, waits } = setUp({ peer: { messages: { perSecond: 10, burst: 2 }, files: NONE } });
    const peer = open('a');
    expect([1, 2, 3, 4].map(() => peer.send(1))).toEqual([
      { admitted: true, waits: false },
      { admitted: true, waits: false },
      { admitted: true, waits: true },
      { admitted: true, waits: true },
    ]);
    expect(waits.get('a')).toBe(true);
    vi.advanceTimersByTime(110);
    expect(went).toHaveLength(3);
    vi.advanceTimersByTime(110);
    expect(went).toHaveLength(4);
    expect(waits.get('a')).toBe(false);
  });

  it('is not given a new burst by a new connection', () => {
    const { open, went } = setUp({ peer: { messages: NONE, files: { perSecond: 1, burst: 100 } } });
    open('a').send(100);
    open('a again', 'elsewhere', 'a').send(100);
    expect(went).toEqual(['a']);
  });

  it('may send what costs more than its burst, once that is full', () => {
    const { open, went } = setUp({ peer: { messages: NONE, files: { perSecond: 100, burst: 10 } } });
    const peer = open('a');
    peer.send(1_000);
    peer.send(1);
    expect(went).toHaveLength(1);
    vi.advanceTimersByTime(20);
    expect(went).toHaveLength(2);
  });
});

describe('the peers of one network', () => {
  const network = { messages: NONE, files: { perSecond: 1_000, burst: 1_000 } };
  const peer = { messages: NONE, files: { perSecond: 100, burst: 10_000 } };

  it('wait for each other, the one that used least before the others', () => {
    const { open, went } = setUp({ network, peer });
    const flood = [open('f1'), open('f2'), open('f3')];
    for (const one of flood) for (let n = 0; n < 3; n += 1) one.send(1_000);
    const honest = open('honest');
    vi.advanceTimersByTime(500);
    honest.send(1);
    vi.advanceTimersByTime(10);
    expect(went).toEqual(['f1', 'honest']);
    vi.advanceTimersByTime(10_000);
    expect(went).toHaveLength(10);
    expect(new Set(went.slice(2, 5))).toEqual(new Set(['f1', 'f2', 'f3']));
  });

  it('do not overtake one whose message costs more than theirs', () => {
    const messages = { perSecond: 10, burst: 4 };
    const { pace, open, went } = setUp({
      network: { messages, files: NONE },
      peer: { messages: { perSecond: 100, burst: 100 }, files: NONE },
    });
    const flood = [open('f1'), open('f2')];
    const trickle = setInterval(() => {
      for (const one of flood) one.send(0);
    }, 20);
    vi.advanceTimersByTime(1_000);
    const honest = { name: 'honest' };
    pace.open(honest, 'honest', 'here');
    pace.admit(honest, { cost: { messages: 4, files: 0 }, bytes: 10, go: () => void went.push('honest') });
    vi.advanceTimersByTime(500);
    clearInterval(trickle);
    expect(went).toContain('honest');
  });

  it('leave those of others alone', () => {
    const { open, went } = setUp({ network, peer });
    const flood = open('flood');
    for (let n = 0; n < 3; n += 1) flood.send(1_000);
    open('honest', 'elsewhere').send(1_000);
    expect(went).toEqual(['flood', 'honest']);
  });
});

describe('what waits', () => {
  const peer = { messages: { perSecond: 1, burst: 1 }, files: NONE };

  it('is bounded over all peers; more is refused with the time to wait', () => {
    const { open, pace } = setUp({ peer });
    const [one, other] = [open('a'), open('b')];
    one.send(0);
    other.send(0);
    one.send(0, MAX_WAITING_BYTES);
    expect(other.send(0)).toEqual({ admitted: false, retryAfterMs: 1_000 });
    expect(pace.waitingBytes()).toBe(MAX_WAITING_BYTES);
  });

  it('goes with its connection', () => {
    const { open, pace, went } = setUp({ peer });
    const gone = open('a');
    for (let n = 0; n < 3; n += 1) gone.send(0);
    gone.close();
    vi.advanceTimersByTime(10_000);
    expect(went).toEqual(['a']);
    expect(pace.waitingBytes()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
