import {
  type CommandFailure,
  type EdgeCommand,
  type IncomingRecord,
  RejectMessage,
  type Topics,
} from '@giggityflix/bus';
import type { EdgeMetrics } from '../metrics.ts';
import type { ConnectionDirectory } from '../peers/connection-directory.ts';
import type { Publisher } from '../publisher/publisher.ts';
import { DELIVERIES_HEADER, type Requeue } from './requeue.ts';

/** Edges that a command is forwarded to at most, following its peer. */
const MAX_FORWARDS = 3;

/** How many edges forwarded a command. */
export const FORWARDS_HEADER = 'gf_forwards';

export interface UndeliverableDeps {
  topics: Topics;
  publisher: Publisher;
  directory: ConnectionDirectory;
  requeue: Requeue;
  metrics: EdgeMetrics;
}

/** What becomes of a command that its peer cannot be given: forwarded, retried, or a dead letter that the bus writes. */
export function createUndeliverable(config: { edgeId: string; maxRetries: number }, deps: UndeliverableDeps) {
  const { topics, publisher, metrics } = deps;

  /** Forwards a command to the edge its peer is at now. False when that is nowhere else. */
  const forward = async (record: IncomingRecord<EdgeCommand>): Promise<boolean> => {
    const forwards = Number(record.headers[FORWARDS_HEADER] ?? 0);
    if (forwards >= MAX_FORWARDS) return false;
    const entry = await deps.directory.find(record.value.peer_id).catch(() => null);
    if (!entry || entry.edgeId === config.edgeId) return false;
    const headers = {
      [DELIVERIES_HEADER]: record.headers[DELIVERIES_HEADER] ?? '0',
      [FORWARDS_HEADER]: String(forwards + 1),
    };
    const { key, value } = record;
    await publisher.published(key, [{ topic: topics.edgeCommands(entry.edgeId), key, value, headers }]);
    metrics.commands.inc({ type: value.type, outcome: 'forwarded' });
    return true;
  };

  const fail = async (command: EdgeCommand, code: CommandFailure, reason: string): Promise<void> => {
    metrics.commands.inc({ type: command.type, outcome: 'undeliverable' });
    metrics.deadLetters.inc();
    await deps.requeue.respondFailed(command, code, reason);
  };

  return {
    /** For what no attempt can deliver. @throws RejectMessage, for which the bus writes a dead letter at once. */
    async reject(command: EdgeCommand, code: CommandFailure, reason: string): Promise<never> {
      await fail(command, code, reason);
      throw new RejectMessage(reason);
    },

    /**
     * For what a later attempt, or another edge, may deliver.
     * @throws Error unless it was forwarded; the bus delivers the record again, and after the last attempt writes a
     * dead letter.
     */
    async retry(record: IncomingRecord<EdgeCommand>, code: CommandFailure, reason: string): Promise<void> {
      if (await forward(record)) return;
      if (record.attempt > config.maxRetries) await fail(record.value, code, reason);
      else metrics.commands.inc({ type: record.value.type, outcome: 'retried' });
      throw new Error(reason);
    },
  };
}

export type Undeliverable = ReturnType<typeof createUndeliverable>;
