import type { Rendition } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';
import { createSlots, type Slot, type SlotRequest } from './slots/slots.ts';

/**
 * How long a viewer may read nothing, as while the film is paused, before its conversion makes room for another one. A player that
 * holds a minute of a small picture reads once in half a minute.
 */
const IDLE_MS = 120_000;
/** How often those who wait have it checked whether someone became idle. */
const REVIEW_MS = 5_000;

type Kind = 'remux' | 'transcode';

/** The place of one viewer's conversion; one follows the other in it. */
export interface ConversionPlaces {
  /** Null where there is no room, and the viewer does not wait or too many do. @throws the signal's reason */
  take(
    request: Omit<SlotRequest, 'account'> & { kind: Kind },
  ): Promise<{ guard(rendition: Rendition): Rendition } | null>;
  release(): void;
}

export interface Conversions {
  forViewer(account: string): ConversionPlaces;
  waiting(): number;
}

/** A conversion under way. */
interface Converting {
  kind: Kind;
  readAt: number;
  isEvicted: boolean;
  evict(): Promise<void>;
}

/**
 * The conversions under way. Remuxes and transcodes have as much room each, so that none of the many that are cheap waits for
 * one that is dear. A place is free as soon as all has been made, though the viewer may have yet to watch it.
 */
export function createConversions({ capacity, now }: { capacity: number; now: () => number }): Conversions {
  const slots = { remux: createSlots({ capacity }), transcode: createSlots({ capacity }) };
  const converting = new Set<Converting>();
  let review: NodeJS.Timeout | undefined;
  const waiting = () => slots.remux.waiting() + slots.transcode.waiting();

  /** Ends one that nobody watches; false when there is none. */
  const evictIdle = async (kind: Kind): Promise<boolean> => {
    for (const one of converting) {
      if (one.kind !== kind || now() - one.readAt <= IDLE_MS) continue;
      await one.evict();
      return true;
    }
    return false;
  };
  const reviewLater = () => {
    review ??= setTimeout(async () => {
      review = undefined;
      for (const kind of ['remux', 'transcode'] as const)
        if (slots[kind].waiting() > 0) await evictIdle(kind);
      if (waiting() > 0) reviewLater();
    }, REVIEW_MS);
    review.unref();
  };

  const forViewer = (account: string): ConversionPlaces => {
    let held: { kind: Kind; slot: Slot } | null = null;
    /** The conversion that has the place; null between two. */
    let current: Converting | null = null;
    const release = () => {
      held?.slot.release();
      held = null;
      if (current) converting.delete(current);
      current = null;
    };

    const take: ConversionPlaces['take'] = async ({ kind, cost, onQueued, signal }) => {
      if (held?.kind === kind && held.slot.change(cost)) return { guard: (made) => guard(made, kind) };
      release();
      while (!slots[kind].hasRoom(cost) && slots[kind].waiting() === 0) if (!(await evictIdle(kind))) break;
      const asked = slots[kind].acquire({ cost, account, onQueued, signal });
      if (slots[kind].waiting() > 0) reviewLater();
      const slot = await asked;
      if (!slot) return null;
      held = { kind, slot };
      return { guard: (made) => guard(made, kind) };
    };

    const guard = (rendition: Rendition, kind: Kind): Rendition => {
      const mine: Converting = {
        kind,
        readAt: now(),
        isEvicted: false,
        async evict() {
          mine.isEvicted = true;
          converting.delete(mine);
          await rendition.close();
          if (current === mine) release();
        },
      };
      current = mine;
      converting.add(mine);
      void rendition.finished?.then(() => {
        converting.delete(mine);
        if (current === mine) release();
      });
      return {
        ...rendition,
        async read(index, abort) {
          if (mine.isEvicted)
            throw new RenditionError('the conversion made room for another one, as nobody watched it');
          mine.readAt = now();
          return rendition.read(index, abort);
        },
        async close() {
          converting.delete(mine);
          // The place is kept for the form that follows.
          if (current === mine) current = null;
          await rendition.close();
        },
      };
    };
    return { take, release };
  };
  return { forViewer, waiting };
}
