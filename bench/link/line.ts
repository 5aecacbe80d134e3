import type { Path } from './path.ts';

/** What goes at once: sockets hold some 90 datagrams, and who is to take them may be waiting for the processor. */
const MAX_BURST = 32;

/** Runs in order of time what has been put into it. */
export interface Line<T> {
  /** Puts something on its way; it may be lost. */
  send(item: T, bytes: number): void;
  stop(): void;
}

/**
 * Delivers what a path lets through, in the order it was sent. Timers are a millisecond coarse: what is due by then goes together.
 */
export function createLine<T>(path: Path, deliver: (item: T) => void): Line<T> {
  let items: { at: number; item: T }[] = [];
  let head = 0;
  let planned = false;
  let stopped = false;

  const plan = (waitMs: number) => {
    if (planned) return;
    planned = true;
    if (waitMs <= 0) setImmediate(run);
    else setTimeout(run, Math.max(1, Math.round(waitMs)));
  };
  const run = () => {
    planned = false;
    if (stopped) return;
    const now = performance.now();
    const last = Math.min(items.length, head + MAX_BURST);
    while (head < last && (items[head]?.at as number) <= now) deliver((items[head++] as { item: T }).item);
    if (head === items.length) {
      items = [];
      head = 0;
    } else {
      if (head > 4_096) {
        items = items.slice(head);
        head = 0;
      }
      plan((items[head]?.at as number) - now);
    }
  };

  return {
    send(item, bytes) {
      const now = performance.now();
      const at = path.offer(bytes, now);
      if (at === null) return;
      if (at <= now && head === items.length) return deliver(item);
      items.push({ at, item });
      plan(at - now);
    },
    stop() {
      stopped = true;
      items = [];
      head = 0;
    },
  };
}
