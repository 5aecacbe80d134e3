import { setTimeout as sleep } from 'node:timers/promises';
import type { PositionRead } from '../check/positions.ts';
import type { Client } from './client.ts';
import { WATCHING } from './operations.ts';

export interface PositionReader {
  run(): Promise<void>;
  stop(): void;
  /** Reads once more; false when there was no answer. */
  read(): Promise<boolean>;
  readonly reads: readonly PositionRead[];
}

const BETWEEN_MS = 1_500;
const MOST_FILMS = 100;

/** Reads one after the other where an account left its films. */
export function createPositionReader(client: Client, user: string): PositionReader {
  const reads: PositionRead[] = [];
  let stopped = false;
  const read = async () => {
    const answer = await client.ask(WATCHING, { first: MOST_FILMS });
    if (answer.kind !== 'data') return false;
    for (const { catalogId, positionSeconds } of answer.data.continueWatching)
      reads.push({ user, catalogId, at: answer.sentAt, position: positionSeconds });
    return true;
  };
  return {
    reads,
    read,
    async run() {
      for (; !stopped; await sleep(BETWEEN_MS)) await read();
    },
    stop() {
      stopped = true;
    },
  };
}
