import { randomUUID } from 'node:crypto';
import type { SharedChange } from '../library/types.ts';
import { type Allowance, createAllowance } from './allowance.ts';
import { createAnnouncedFiles } from './announced-files.ts';
import type { EdgeConnection } from './connection.ts';
import { createInFlight } from './in-flight.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';

/** Most ids of one announcement: what one event on the bus carries. */
const MAX_IDS = 10_000;
/** Bytes of an id in a message, with its tag and length, and of all else in an announcement. */
const ID_BYTES = 34;
const UPDATE_OVERHEAD_BYTES = 256;
/** Up to so many descriptions go out before the first announcement, so that titles have names when they appear. */
const MAX_DESCRIPTIONS_FIRST = 200;

/** Changes within this time travel together: while a library is first read there are hundreds a second. */
const COALESCE_MS = 25;

type Body = OutboxEntry['message'];

/**
 * Sends what the edge must know, in order: everything shared once a connection begins, differences from then on, and the
 * outbox. A content's description goes ahead of its announcement.
 */
export type Sender = ReturnType<typeof createSender>;

export function createSender(deps: {
  outbox: Outbox;
  sharedIds: () => Buffer[];
  /** So many shared files are not announced, because the edge takes no more of one peer. */
  onWithheld?: (count: number) => void;
}) {
  const { outbox } = deps;
  const files = createAnnouncedFiles();
  let allowance: Allowance = createAllowance(undefined);
  let paced: NodeJS.Timeout | undefined;
  /** Set while the edge wants to hear no announcement. */
  let retry: NodeJS.Timeout | undefined;
  let connection: EdgeConnection | null = null;
  let libraryReady = false;
  let congested = false;
  const inFlight = createInFlight();
  let parts: Body[] = [];
  let announced = false;
  let delta = new Map<string, boolean>();
  let lastOutboxId = 0;
  let descriptionsFirst = 0;
  let sentAhead = new Set<number>();
  let coalescing: NodeJS.Timeout | undefined;
  const resending = new Set<NodeJS.Timeout>();

  function put(message: Body, bytes: number, outboxId: number | null): void {
    const sequence = outbox.nextSequence();
    inFlight.add({ sequence, bytes, outboxId });
    allowance.spend(message);
    if (connection!.send(message, sequence) === false) congested = true;
  }

  function idsPerMessage(): number {
    const limit = connection!.registration.maxMessageBytes || 4_194_304;
    return Math.max(1, Math.min(MAX_IDS, Math.floor((limit - UPDATE_OVERHEAD_BYTES) / ID_BYTES)));
  }

  function announceAll(): void {
    const { maxFiles } = connection!.registration.quotas ?? { maxFiles: 0 };
    const ids = files.begin(deps.sharedIds(), maxFiles);
    if (files.withheld() > 0) deps.onWithheld?.(files.withheld());
    const size = idsPerMessage();
    const updateId = randomUUID();
    parts = [];
    for (let at = 0; at === 0 || at < ids.length; at += size) {
      const catalogIds = ids.slice(at, at + size);
      const final = at + size >= ids.length;
      parts.push({
        $case: 'catalogUpdate',
        value: { full: true, catalogIds, removedCatalogIds: [], updateId, final },
      });
    }
    delta = new Map();
    announced = true;
  }

  function sendDescription(catalogId: string): void {
    const entry = outbox.find('description', catalogId);
    if (!entry || entry.id <= lastOutboxId || sentAhead.has(entry.id)) return;
    sentAhead.add(entry.id);
    put(entry.message, entry.bytes, entry.id);
  }

  function sendDelta(): void {
    const batch = [...delta].slice(0, Math.min(500, idsPerMessage()));
    for (const [id] of batch) delta.delete(id);
    const catalogIds: Buffer[] = [];
    const removedCatalogIds: Buffer[] = [];
    for (const [id, isAdded] of batch) {
      if (isAdded) sendDescription(id);
      (isAdded ? catalogIds : removedCatalogIds).push(Buffer.from(id, 'hex'));
    }
    const value = { full: false, catalogIds, removedCatalogIds, updateId: randomUUID(), final: true };
    put({ $case: 'catalogUpdate', value }, batch.length * ID_BYTES, null);
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
      put(part, idsPerMessage() * ID_BYTES, null);
      return true;
    }
    if (delta.size > 0) {
      sendDelta();
      return true;
    }
    return sendFromOutbox();
  }

  function mayGoOn(): boolean {
    if (!connection || congested || !inFlight.hasRoom()) return false;
    const waitMs = allowance.waitMs();
    if (waitMs > 0)
      paced ??= setTimeout(() => {
        paced = undefined;
        pump();
      }, waitMs);
    return waitMs === 0;
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
    for (const timer of [coalescing, paced, retry, ...resending]) clearTimeout(timer);
    coalescing = undefined;
    paced = undefined;
    retry = undefined;
    resending.clear();
  }

  return {
    /** Begins a connection: nothing sent on an earlier one counts unless it was acknowledged. */
    attach(next: EdgeConnection): void {
      clearTimers();
      connection = next;
      allowance = createAllowance(next.registration.quotas);
      congested = false;
      inFlight.clear();
      parts = [];
      delta = new Map();
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
      if (!connection || !announced) return;
      const note = (id: string, isAdded: boolean) => {
        if (delta.get(id) === !isAdded) delta.delete(id);
        else delta.set(id, isAdded);
      };
      for (const id of change.removed) {
        const { withdraw, instead } = files.remove(id);
        if (withdraw) note(id, false);
        if (instead) note(instead, true);
      }
      for (const id of change.added) if (files.add(id)) note(id, true);
      coalescing ??= setTimeout(() => {
        coalescing = undefined;
        pump();
      }, COALESCE_MS);
    },
    acknowledge(sequence: number): void {
      outbox.remove(inFlight.acknowledge(sequence));
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
        delta.clear();
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
    /** Call when something was put into the outbox. */
    pump,
    /** Messages not acknowledged yet, sent or not. */
    backlog: () => outbox.size() + parts.length + delta.size,
  };
}
