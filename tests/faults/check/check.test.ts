import { describe, expect, it } from 'vitest';
import { checkAvailability, rightAfterMs, type Truth } from './availability.ts';
import { type BusRecord, checkEvents } from './events.ts';
import { checkPositions } from './positions.ts';
import { checkProcesses, checkResources, type Reading } from './processes.ts';
import { checkAdmission, checkEnds, checkSlots, type SessionEntry } from './sessions.ts';
import { belief, checkSubscribers, type SubscriberEntry } from './subscribers.ts';

const truth: Truth = new Map([
  ['film', new Set(['peer-1', 'peer-2'])],
  ['gone', new Set<string>()],
]);
const said = (film: number, gone = 0) =>
  new Map([
    ['film', { isAvailable: film > 0, peerCount: film }],
    ['gone', { isAvailable: gone > 0, peerCount: gone }],
  ]);
const of = (found: readonly { what: string }[]) => found.map(({ what }) => what);

describe('availability', () => {
  const check = (...observed: [at: number, ReturnType<typeof said> | null][]) =>
    checkAvailability({
      truth,
      gateways: ['gateway-1'],
      observations: observed.map(([at, files]) => ({ gateway: 'gateway-1', at, files })),
      withinMs: 60_000,
    });

  it('may be wrong at first', () => {
    expect(check([1_000, said(0)], [30_000, null], [59_000, said(2)])).toEqual([]);
  });

  it('must not be wrong in the end', () => {
    expect(of(check([1_000, said(2)], [61_000, said(1)]))).toEqual([
      'gateway-1, 61 s after the last heal: film is available with 1, but 2 (peer-1, peer-2) has it',
    ]);
    expect(of(check([61_000, said(2, 1)]))).toEqual([
      'gateway-1, 61 s after the last heal: gone is available with 1, but no peer has it',
    ]);
  });

  it('must not become right too late, nor remain unsaid', () => {
    expect(check([61_000, said(0)], [62_000, said(2)])).toHaveLength(1);
    expect(check([61_000, null])).toHaveLength(1);
    expect(check()).toHaveLength(1);
  });

  it('is right from when it stays right', () => {
    const at = (time: number, files: ReturnType<typeof said>) => ({ gateway: 'g', at: time, files });
    expect(rightAfterMs(truth, [at(1, said(2)), at(2, said(1)), at(3, said(2)), at(4, said(2))])).toBe(3);
    expect(rightAfterMs(truth, [at(1, said(1))])).toBeNull();
  });
});

describe('sessions', () => {
  const entry = (given: Partial<SessionEntry>): SessionEntry => ({
    kind: 'heartbeat',
    sessionId: 'one',
    user: 'vera',
    catalogId: 'film',
    sentAt: 0,
    answeredAt: 0,
    status: 'ACTIVE',
    position: 0,
    ...given,
  });
  const life = (sessionId: string, from: number, until: number, user = 'vera') => [
    entry({ kind: 'created', sessionId, user, sentAt: from - 1, answeredAt: from }),
    entry({ sessionId, user, sentAt: until, answeredAt: until + 1 }),
  ];

  it('may be as many at once as the account may have, one after another, and beside other accounts', () => {
    const entries = [
      ...life('a', 10, 20),
      ...life('b', 15, 40),
      ...life('c', 21, 30),
      ...life('d', 16, 30, 'otto'),
    ];
    expect(checkAdmission({ entries, maxStreams: 2 })).toEqual([]);
  });

  it('must not be more', () => {
    const entries = [...life('a', 10, 20), ...life('b', 15, 40), ...life('c', 19, 30)];
    expect(of(checkAdmission({ entries, maxStreams: 2 }))).toEqual([
      'vera had 3 sessions at once when c began, of 2: a, b, c',
    ]);
  });

  it('count as long as they were answered as live, and not on', () => {
    const expired = entry({ sessionId: 'a', sentAt: 50, answeredAt: 51, status: 'EXPIRED' });
    expect(
      checkAdmission({ entries: [...life('a', 10, 20), expired, ...life('b', 30, 40)], maxStreams: 1 }),
    ).toEqual([]);
  });

  it('must not live again', () => {
    const stopped = entry({ kind: 'stopped', sentAt: 30, answeredAt: 31, status: 'STOPPED' });
    expect(checkEnds([...life('one', 10, 20), stopped])).toEqual([]);
    expect(checkEnds([...life('one', 10, 20), stopped, entry({ sentAt: 40, answeredAt: 41 })])).toHaveLength(
      1,
    );
  });

  it('must not keep their slots', () => {
    expect(checkSlots(new Map([['vera', 0]]))).toEqual([]);
    expect(checkSlots(new Map([['vera', 1]]))).toHaveLength(1);
    expect(checkSlots(new Map([['vera', null]]))).toHaveLength(1);
  });
});

describe('positions', () => {
  const read = (at: number, position: number, catalogId = 'film') => ({
    user: 'vera',
    catalogId,
    at,
    position,
  });
  const stop = { user: 'vera', catalogId: 'film', position: 20 };

  it('go forward and are where the viewer stopped', () => {
    const reads = [read(1, 10), read(2, 10), read(3, 5, 'other'), read(4, 20)];
    expect(checkPositions({ reads, stoppedAt: [stop] })).toEqual([]);
  });

  it('must not go back', () => {
    expect(checkPositions({ reads: [read(1, 10), read(2, 9)], stoppedAt: [] })).toHaveLength(1);
  });

  it('must not be lost', () => {
    expect(checkPositions({ reads: [read(1, 10)], stoppedAt: [stop] })).toHaveLength(1);
    expect(checkPositions({ reads: [], stoppedAt: [stop] })).toHaveLength(1);
  });
});

describe('subscribers', () => {
  const event = (second: number, peerCount: number, catalogId = 'film'): SubscriberEntry => ({
    kind: 'event',
    catalogId,
    changedAt: new Date(second * 1_000).toISOString(),
    isAvailable: peerCount > 0,
    peerCount,
  });
  const connected: SubscriberEntry = { kind: 'connected' };
  const snapshot = (film: number): SubscriberEntry => ({ kind: 'snapshot', files: said(film) });
  const check = (...entries: SubscriberEntry[]) => checkSubscribers(truth, [{ name: 's', entries }]);

  it('know the final state by events, or by what they asked when they connected', () => {
    expect(check(connected, snapshot(0), event(1, 1), event(2, 2))).toEqual([]);
    expect(check(connected, event(1, 1), connected, snapshot(2))).toEqual([]);
    expect(check(connected, event(1, 2), snapshot(1))).toEqual([]);
  });

  it('must not miss the last event', () => {
    expect(check(connected, snapshot(0), event(1, 1))).toHaveLength(1);
    expect(check(connected, snapshot(2), event(1, 2), connected)).toHaveLength(1);
  });

  it('must not get events out of order', () => {
    expect(check(connected, event(3, 1), event(2, 3), event(4, 2))).toHaveLength(1);
    expect(check(connected, event(3, 1), connected, event(2, 3), event(4, 2))).toEqual([]);
  });

  it('forget what they knew when they connect again', () => {
    expect(belief([connected, event(1, 1), connected])).toEqual(new Map());
  });
});

describe('events', () => {
  const record = (topic: string, value: unknown, headers: Record<string, string> = {}): BusRecord => ({
    topic,
    value,
    headers,
  });
  const counted = (count: number, sequence: number) =>
    record(
      'catalog.availability.changed',
      { catalog_id: 'film', available_peer_count: count },
      { ce_sequence: String(sequence) },
    );
  const playback = (type: string) => record('playback.events', { type, session_id: 'one' });
  const created: SessionEntry = {
    kind: 'created',
    sessionId: 'one',
    user: 'vera',
    catalogId: 'film',
    sentAt: 0,
    answeredAt: 1,
    status: 'ACTIVE',
    position: 0,
  };
  const matched = record('catalog.subscription.matched', { subscription_id: 'stored' });
  const whole = [playback('playback.started'), playback('playback.stopped'), matched, counted(2, 2)];
  const check = (records: readonly BusRecord[]) =>
    checkEvents({ records, sessions: [created], truth, storedSubscriptions: ['stored'] });

  it('say everything that was acknowledged, repeated or not', () => {
    expect(check(whole)).toEqual([]);
    expect(check([...whole, counted(1, 1), playback('playback.started')])).toEqual([]);
  });

  it.each(whole.map((_, index) => index))('must not lack number %i', (index) => {
    expect(check(whole.filter((_, other) => other !== index))).toHaveLength(1);
  });

  it('must not end with another count', () => {
    expect(check([...whole, counted(1, 3)])).toHaveLength(1);
  });

  it('must not become dead letters', () => {
    const letter = record(
      'playback.events.deadletter',
      {},
      { '__connect.errors.exception.message': 'no store' },
    );
    expect(of(check([...whole, letter]))).toEqual(['a dead letter on playback.events.deadletter: no store']);
  });
});

describe('processes', () => {
  const well = { name: 'edge-1', isRunning: true, isReady: true };
  const reading = (given: Partial<Reading>): Reading => ({
    name: 'edge-1',
    at: 0,
    pid: 7,
    residentBytes: 100e6,
    descriptors: 50,
    ...given,
  });
  const allowance = { growth: 1.5, bytes: 40e6, descriptors: 30 };
  const grown = (given: Partial<Reading>) =>
    checkResources({ before: [reading({})], after: [reading(given)], allowance });

  it('run, are ready, and end only when they are made to', () => {
    expect(checkProcesses({ exits: [], health: [well] })).toEqual([]);
    expect(checkProcesses({ exits: [{ name: 'edge-1', at: 5 }], health: [well] })).toHaveLength(1);
    expect(checkProcesses({ exits: [], health: [{ ...well, isRunning: false }] })).toHaveLength(1);
    expect(checkProcesses({ exits: [], health: [{ ...well, isReady: false }] })).toHaveLength(1);
  });

  it('hold as much as before, more or less', () => {
    expect(grown({})).toEqual([]);
    expect(grown({ residentBytes: 139e6, descriptors: 79 })).toEqual([]);
    expect(grown({ residentBytes: 160e6 })).toHaveLength(1);
    expect(grown({ descriptors: 90 })).toHaveLength(1);
  });
});
