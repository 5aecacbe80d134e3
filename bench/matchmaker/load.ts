import type { Socket } from 'node:dgram';
import { setTimeout } from 'node:timers/promises';
import { type BenchRow, percentile, row } from '../row.ts';
import type { Server } from './servers.ts';
import { openSocket } from './socket.ts';

/** Sockets that ask; as many more of a load that introduces them only listen. */
export const SOCKETS = 32;
/** Requests under way on each socket: enough to keep a server busy, few enough for its receive buffer. */
const WINDOW = 8;
/** Rounds, in each of which every server has its turn. Odd, so that the median is one of them. */
const ROUNDS = 9;
const TURN_MS = 500;
/** Until what a server compiles as it runs is compiled. */
const WARM_UP_MS = 1_500;
/** How often answers are counted to see whether some were lost. */
const WATCH_MS = 50;

/** What each socket sends, by its number. */
export type Requests = (socket: number) => Buffer;

export interface Load {
  name: string;
  server: Server;
  request: Requests;
  /** Done once by each socket beforehand, and by as many listening ones. */
  prepare?: (socket: Socket, n: number) => Promise<void>;
}

/**
 * Requests per second of CPU time of the first load's server, beside those of the others. The servers take turns
 * at the same client, so that whatever else the machine does meets them alike; each figure is a median.
 */
export async function compare(
  name: string,
  ours: Omit<Load, 'name'>,
  baselines: readonly Load[],
): Promise<BenchRow[]> {
  const clients: Client[] = [];
  for (const load of [{ ...ours, name }, ...baselines]) clients.push(await createClient(load));
  try {
    for (const client of clients) await client.turn(WARM_UP_MS);
    const rates = clients.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [n, client] of clients.entries()) rates[n]!.push(await client.turn(TURN_MS));
    const [value = 0, ...others] = rates.map((of) => percentile(of, 50));
    if (baselines.length === 0) return [row(name, 'requests/s/core', value)];
    return baselines.map((baseline, n) =>
      row(name, 'requests/s/core', value, { name: baseline.name, value: others[n]! }),
    );
  } finally {
    for (const client of clients) client.close();
  }
}

interface Client {
  /** Keeps requests under way for so long; answers per second of the server's CPU time. */
  turn(ms: number): Promise<number>;
  close(): void;
}

async function createClient({ server, request, prepare }: Load): Promise<Client> {
  const all = await Promise.all(
    Array.from({ length: prepare ? 2 * SOCKETS : SOCKETS }, () => openSocket(server.port)),
  );
  const sockets = all.slice(0, SOCKETS);
  const requests = sockets.map((_, n) => request(n));
  let answers = 0;
  let running = false;
  const send = (n: number) => {
    if (running) sockets[n]!.send(requests[n]!);
  };
  const sendAll = () => {
    for (let n = 0; n < SOCKETS; n += 1) for (let more = 0; more < WINDOW; more += 1) send(n);
  };
  if (prepare) for (const [n, socket] of all.entries()) await prepare(socket, n);
  for (const [n, socket] of sockets.entries())
    socket.on('message', () => {
      answers += 1;
      send(n);
    });
  return {
    async turn(ms) {
      running = true;
      const [answersBefore, cpuBefore] = [answers, server.cpuSeconds()];
      let counted = answers;
      sendAll();
      // Loopback drops datagrams when a buffer is full; what is lost is sent again.
      const watchdog = setInterval(() => {
        if (answers === counted) sendAll();
        counted = answers;
      }, WATCH_MS);
      await setTimeout(ms);
      running = false;
      clearInterval(watchdog);
      // What is under way is answered before anyone else has a turn.
      for (let before = -1; before !== answers; ) {
        before = answers;
        await setTimeout(WATCH_MS);
      }
      return (answers - answersBefore) / (server.cpuSeconds() - cpuBefore);
    },
    close() {
      for (const socket of all) socket.close();
    },
  };
}
