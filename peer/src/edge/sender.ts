import type { SharedChange } from '../library/types.ts';
import { createAnnouncedFiles } from './announced-files.ts';
import type { EdgeConnection } from './connection.ts';
import { createDifferences } from './differences.ts';
import { createInFlight } from './in-flight.ts';
import { createLatest } from './latest.ts';
import type { Outbox, OutboxEntry, OutboxKind } from './outbox.ts';
import { createPace } from './pace.ts';
import { announcementOf, idsPerMessage, type Update, updateOf } from './updates.ts';

/** Up to so many descriptions go out before the first announcement, so that titles have names when they appear. */
const MAX_DESCRIPTIONS_FIRST = 200;

/** Changes within this time travel together: while a library is first read there are hundreds a second. */
const COALESCE_MS = 25;
/** While there are more changes all the time, they are announced so often: each announcement counts against the quota. */
const ANNOUNCE_EVERY_MS = 400;
/** Descriptions of one announcement of changes: what comes next waits until the quota has room for them all. */
const MAX_DESCRIPTIONS_AT_ONCE = 24;
/** While so many are to be described that are not announced, the next would be announced a second later. */
const CROWDED = 2 * MAX_DESCRIPTIONS_AT_ONCE;
/** Ids of one announcement of changes. */
const MAX_CHANGES = 500;

type Body = OutboxEntry['message'];

/**
 * Sends what the edge must know, in order: everything shared once a connection begins, differences from then on, and the
 * outbox. A content's description goes ahead of its announcement. The latest goes first: somebody waits for it, and for
 * nothing in particular of a library that is taken in.
 */
export type Sender = ReturnType<typeof createSender>;

export function createSender(deps: {
  outbox: Outbox;
  sharedIds: () => Buffer[];
  /** The edge takes no more files of one peer, and there is one more now. */
  onFirstWithheld?: () => void;
}) {
  const { outbox } = deps;
  const files = createAnnouncedFiles(deps);
  const pace = createPace(() => pump());
  /** Set while the edge wants to hear no announcement. */
  let retry: NodeJS.Timeout | undefined;
  let connection: EdgeConnection | null = null;
  let libraryReady = false;
  let congested = false;
  const inFlight = createInFlight();
  let parts: Update[] = [];
  let announced = false;
  const differences = createDifferences();
  const latest = createLatest();
  let differencesSentAt = Number.NEGATIVE_INFINITY;
  let lastOutboxId = 0;
  let descriptionsFirst = 0;
  let sentAhead = new Set<number>();
  let coalescing: NodeJS.Timeout | undefined;
  const resending = new Set<NodeJS.Timeout>();

  function put(message: Body, bytes: number, outboxId: number | null): void {
    const sequence = outbox.nextSequence();
    inFlight.add({ sequence, bytes, outboxId });
    pace.spend(message);
    if (message.$case === 'mediaDescription') differences.described(message.value.catalogId.toString('hex'));
    if (connection!.send(message, sequence) === false) congested = true;
  }

  function announceAll(): void {
    const { maxFiles } = connection!.registration.quotas ?? { maxFiles: 0 };
    parts = announcementOf(files.begin(deps.sharedIds(), maxFiles), idsPerMessage(connection!.registration));
    differences.clear();
    announced = true;
  }

  /** Sends a message of the outbox ahead of its turn; whether it was still to be sent. */
  function sendAhead(kind: OutboxKind, key: string): boolean {
    const entry = outbox.find(kind, key);
    if (!entry || entry.id <= lastOutboxId || sentAhead.has(entry.id)) return false;
    sentAhead.add(entry.id);
    put(entry.message, entry.bytes, entry.id);
    return true;
  }

  /** Sends what was put into the outbox last, but for descriptions that go with their announcement. */
  function sendLatest(): boolean {
    for (let message = latest.take(); message; message = latest.take()) {
      const { kind, key } = message;
      if (kind === 'description' && differences.isAdded(key)) continue;
      if (sendAhead(kind, key)) return true;
    }
    return false;
  }

  function sendDifferences(): void {
    const most = Math.min(MAX_CHANGES, Math.ceil(idsPerMessage(connection!.registration) / 2));
    const taken = differences.take(most, MAX_DESCRIPTIONS_AT_ONCE);
    for (const id of taken.added) sendAhead('description', id);
    const { message, bytes } = updateOf(taken);
    put(message, bytes, null);
    differencesSentAt = performance.now();
    if (differences.size() > 0) coalesce();
  }

  /** Sees to it that differences are sent when those that belong to them have come as well. */
  function coalesce(): void {
    const sinceLast = performance.now() - differencesSentAt;
    coalescing ??= setTimeout(
      () => {
        coalescing = undefined;
        pump();
      },
      Math.max(COALESCE_MS, ANNOUNCE_EVERY_MS - sinceLast),
    );
  }

  function sendFromOutbox(): boolean {
    const entry = outbox.after(lastOutboxId);
    if (!entry) return false;
    lastOutboxId = entry.id;
    if (!sentAhead.delete(entry.id)) put(entry.message, entry.bytes, entry.id);
    return true;
  }

  /** Sends the next thing; false when there is nothing to send. */
  function sendNext(): boolean {
    if (!announced) {
      if (!libraryReady || retry) return sendFromOutbox();
      if (descriptionsFirst > 0) {
        descriptionsFirst -= 1;
        if (sendFromOutbox()) return true;
        descriptionsFirst = 0;
      }
      announceAll();
    }
    const part = parts.shift();
    if (part) {
      put(part.message, part.bytes, null);
      return true;
    }
    if (sendLatest()) return true;
    if (differences.size() > 0 && !coalescing) {
      sendDifferences();
      return true;
    }
    return sendFromOutbox();
  }

  function mayGoOn(): boolean {
    if (!connection || congested || !inFlight.hasRoom()) return false;
    return pace.mayGoOn();
  }

  function pump(): void {
    while (mayGoOn() && sendNext());
  }

  /** Sends an outbox message again, and with it those behind it that are not acknowledged. */
  function sendAgain(outboxId: number): void {
    sentAhead.delete(outboxId);
    lastOutboxId = Math.min(lastOutboxId, outboxId - 1);
    pump();
  }

  function clearTimers(): void {
    for (const timer of [coalescing, retry, ...resending]) clearTimeout(timer);
    coalescing = undefined;
    pace.stop();
    retry = undefined;
    resending.clear();
  }

  return {
    /** Begins a connection: nothing sent on an earlier one counts unless it was acknowledged. */
    attach(next: EdgeConnection): void {
      clearTimers();
      connection = next;
      pace.begin(next.registration.quotas);
      congested = false;
      inFlight.clear();
      parts = [];
      differences.clear();
      latest.clear();
      announced = false;
      lastOutboxId = 0;
      sentAhead = new Set();
      const waiting = outbox.size();
      descriptionsFirst = waiting <= MAX_DESCRIPTIONS_FIRST ? waiting : 0;
      pump();
    },
    detach(): void {
      clearTimers();
      connection = null;
    },
    /** The index has been compared with the disk: from now on it may be announced. */
    libraryReady(): void {
      libraryReady = true;
      pump();
    },
    /** Notes what began and ceased to be shared. Opposite changes that were not sent cancel each other. */
    change(change: SharedChange): void {
      outbox.forget(change.superseded ?? []);
      for (const id of change.added) differences.restore(id);
      for (const id of change.superseded ?? []) differences.supersede(id);
      if (!connection || !announced) return;
      const note = (id: string, isAdded: boolean) =>
        differences.note(id, isAdded, () => outbox.has('description', id));
      for (const id of change.removed) {
        const { withdraw, instead } = files.remove(id);
        if (withdraw) note(id, false);
        if (instead) note(instead, true);
      }
      for (const id of change.added) if (files.add(id)) note(id, true);
      coalesce();
    },
    acknowledge(sequence: number): void {
      const done = inFlight.acknowledge(sequence);
      for (const id of done) sentAhead.delete(id);
      outbox.remove(done);
      pump();
    },
    /** A quota was exceeded: what the message said is said again after `retryAfterMs`. */
    refused(sequence: number, retryAfterMs: number): void {
      const entry = inFlight.refuse(sequence);
      if (!entry) return;
      const { outboxId } = entry;
      if (outboxId === null) {
        // Part of an announcement, or a difference from one: without it only the whole is right.
        announced = false;
        parts = [];
        differences.clear();
        retry ??= setTimeout(() => {
          retry = undefined;
          pump();
        }, retryAfterMs);
        return;
      }
      const timer = setTimeout(() => {
        resending.delete(timer);
        sendAgain(outboxId);
      }, retryAfterMs);
      resending.add(timer);
    },
    drained(): void {
      congested = false;
      pump();
    },
    /** Call when this was put into the outbox, and may be waited for; it is sent once the turn has ended. */
    expect(kind: OutboxKind, key: string): void {
      latest.add({ kind, key });
      setImmediate(pump);
    },
    /** Sends what there is to send, without waiting for more differences. */
    pump(): void {
      clearTimeout(coalescing);
      coalescing = undefined;
      pump();
    },
    /** Whether there is an edge to send to. */
    isAttached: () => connection !== null,
    /** Whether more files are read than the edge takes announcements of. */
    isCrowded: () => connection !== null && differences.undescribed() > CROWDED,
    /** Shared files that are not announced, because the edge takes no more of one peer. */
    withheld: files.withheld,
    /** Messages not acknowledged yet, sent or not. */
    backlog: () => outbox.size() + parts.length + differences.size(),
  };
}
