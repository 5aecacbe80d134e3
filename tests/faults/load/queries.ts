import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { AVAILABILITY, BROWSE, WATCHING } from './operations.ts';

export interface Queries {
  run(): Promise<void>;
  stop(): void;
  readonly answered: number;
  /** By the code of the error. */
  readonly failed: ReadonlyMap<string, number>;
}

const BETWEEN_MS = 400;

/** Somebody who browses: one query after the other, whatever comes of it. */
export function createQueries(client: Client, catalogIds: readonly string[]): Queries {
  const mix = [
    () => client.ask(BROWSE, { first: 20, filter: { available: true } }),
    () => client.ask(AVAILABILITY, { catalogIds }),
    () => client.ask(BROWSE, { first: 10, filter: { search: 'fault film' } }),
    () => client.ask(WATCHING, { first: 10 }),
  ];
  const failed = new Map<string, number>();
  let answered = 0;
  let stopped = false;
  return {
    failed,
    get answered() {
      return answered;
    },
    async run() {
      for (let n = 0; !stopped; n += 1) {
        const answer = await (mix[n % mix.length] as (typeof mix)[number])();
        if (answer.kind === 'data') answered += 1;
        else failed.set(answer.code, (failed.get(answer.code) ?? 0) + 1);
        await sleep(BETWEEN_MS);
      }
    },
    stop() {
      stopped = true;
    },
  };
}
