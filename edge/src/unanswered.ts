import type { Span } from '@giggityflix/telemetry';
import type { Connection } from './connections.ts';
import type { Delivery } from './delivery-journal.ts';
import { MAX_TOTAL_UNANSWERED_BYTES, MAX_UNANSWERED_COMMANDS } from './limits.ts';

/** A command a peer has been given and has not answered. */
export interface UnansweredCommand extends Delivery {
  deliveredAt: number;
  /** What it takes of {@link MAX_TOTAL_UNANSWERED_BYTES}. */
  bytes: number;
  /** From its delivery to its answer. */
  span?: Span | undefined;
}

interface Watched extends UnansweredCommand {
  timer: NodeJS.Timeout;
}

/** Longest delay a Node timer takes; a later deadline is as good as none here. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Correlates answers with commands by peer and request id. `onExpired` is called for a command whose
 * deadline passed unanswered.
 */
export function createUnanswered(onExpired: (entry: UnansweredCommand) => void) {
  const byConnection = new Map<Connection, Map<string, Watched>>();
  let count = 0;
  let totalBytes = 0;

  const remove = (connection: Connection, requestId: string): Watched | undefined => {
    const commands = byConnection.get(connection);
    const entry = commands?.get(requestId);
    if (!commands || !entry) return undefined;
    commands.delete(requestId);
    if (commands.size === 0) byConnection.delete(connection);
    clearTimeout(entry.timer);
    count--;
    totalBytes -= entry.bytes;
    return entry;
  };

  return {
    /** Whether the peer may be given one more. */
    hasRoom: (connection: Connection): boolean =>
      (byConnection.get(connection)?.size ?? 0) < MAX_UNANSWERED_COMMANDS &&
      totalBytes < MAX_TOTAL_UNANSWERED_BYTES,
    /** Returns the entry of the same request that it takes the place of. */
    add(connection: Connection, entry: UnansweredCommand): UnansweredCommand | undefined {
      const requestId = entry.command.request_id;
      const superseded = remove(connection, requestId);
      if (superseded) endUnanswered(superseded, 'superseded');
      const commands = byConnection.get(connection) ?? new Map<string, Watched>();
      byConnection.set(connection, commands);
      const delay = Math.min(
        LONGEST_TIMER_MS,
        Math.max(0, Date.parse(entry.command.expires_at) - Date.now()),
      );
      const timer = setTimeout(() => {
        const expired = remove(connection, requestId);
        if (!expired) return;
        endUnanswered(expired, 'expired');
        onExpired(expired);
      }, delay);
      timer.unref();
      commands.set(requestId, { ...entry, timer });
      count++;
      totalBytes += entry.bytes;
      return superseded;
    },
    /** Whether this very delivery still waits. */
    has: (connection: Connection, { command, deliveryId }: UnansweredCommand): boolean =>
      byConnection.get(connection)?.get(command.request_id)?.deliveryId === deliveryId,
    /** Takes out the command an answer belongs to; undefined for one that was not asked for. */
    take: (connection: Connection, requestId: string): UnansweredCommand | undefined =>
      remove(connection, requestId),
    /** Takes out all that a connection leaves unanswered. */
    takeAll(connection: Connection): UnansweredCommand[] {
      const ids = [...(byConnection.get(connection)?.keys() ?? [])];
      const left = ids.flatMap((id) => remove(connection, id) ?? []);
      for (const entry of left) endUnanswered(entry, 'disconnected');
      return left;
    },
    size: (): number => count,
  };
}

function endUnanswered({ span }: UnansweredCommand, reason: string): void {
  span?.fail(reason);
  span?.end();
}

export type Unanswered = ReturnType<typeof createUnanswered>;
