import type { Span } from '@giggityflix/telemetry';
import type { Connection } from '../peers/connections.ts';
import type { Delivery } from './delivery-journal.ts';

/** Commands one peer may have pending. */
const MAX_PENDING_COMMANDS = 256;
/** Bytes of commands that all peers together may have pending. */
const MAX_TOTAL_PENDING_BYTES = 64 * 1_024 * 1_024;

/** A command given to a peer and not answered yet. */
export interface PendingCommand extends Delivery {
  deliveredAt: number;
  /** Its share of {@link MAX_TOTAL_PENDING_BYTES}. */
  bytes: number;
  /** From its delivery to its answer. */
  span?: Span | undefined;
  /** What its answer continues. */
  traceparent?: string | undefined;
}

interface Timed extends PendingCommand {
  timer: NodeJS.Timeout;
}

/** Longest delay a Node timer takes; a later deadline is as good as none here. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Correlates responses with commands by connection and request id. `onExpired` is called for a command that expired
 * without a response.
 */
export function createPendingCommands(onExpired: (entry: PendingCommand) => void) {
  const byConnection = new Map<Connection, Map<string, Timed>>();
  let count = 0;
  let totalBytes = 0;

  const remove = (connection: Connection, requestId: string): Timed | undefined => {
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
      (byConnection.get(connection)?.size ?? 0) < MAX_PENDING_COMMANDS &&
      totalBytes < MAX_TOTAL_PENDING_BYTES,
    /** Returns the entry of the same request that it replaces. */
    add(connection: Connection, entry: PendingCommand): PendingCommand | undefined {
      const requestId = entry.command.request_id;
      const replaced = remove(connection, requestId);
      if (replaced) endSpan(replaced, 'replaced');
      const commands = byConnection.get(connection) ?? new Map<string, Timed>();
      byConnection.set(connection, commands);
      const delay = Math.min(
        LONGEST_TIMER_MS,
        Math.max(0, Date.parse(entry.command.expires_at) - Date.now()),
      );
      const timer = setTimeout(() => {
        const expired = remove(connection, requestId);
        if (!expired) return;
        endSpan(expired, 'expired');
        onExpired(expired);
      }, delay);
      timer.unref();
      commands.set(requestId, { ...entry, timer });
      count++;
      totalBytes += entry.bytes;
      return replaced;
    },
    /** Whether this very delivery is still pending. */
    has: (connection: Connection, { command, deliveryId }: PendingCommand): boolean =>
      byConnection.get(connection)?.get(command.request_id)?.deliveryId === deliveryId,
    /** Takes out the command a response belongs to; undefined where none is pending. */
    take: (connection: Connection, requestId: string): PendingCommand | undefined =>
      remove(connection, requestId),
    /** Takes out all that a connection leaves pending. */
    takeAll(connection: Connection): PendingCommand[] {
      const ids = [...(byConnection.get(connection)?.keys() ?? [])];
      const left = ids.flatMap((id) => remove(connection, id) ?? []);
      for (const entry of left) endSpan(entry, 'disconnected');
      return left;
    },
    size: (): number => count,
  };
}

function endSpan({ span }: PendingCommand, reason: string): void {
  span?.fail(reason);
  span?.end();
}

export type PendingCommands = ReturnType<typeof createPendingCommands>;
