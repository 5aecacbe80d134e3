/**
 * The matchmaker beside bare UDP servers and coturn. Figures are requests per second of the server's own CPU time,
 * that is, per core: they hold whatever else the machine is doing.
 */
import { execFileSync } from 'node:child_process';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { compare, SOCKETS } from './matchmaker/load.ts';
import { BINDING, startCoturn, startServer } from './matchmaker/servers.ts';
import { type BenchRow, row } from './row.ts';

const peerId = (n: number) => `gf1${n.toString(32).padStart(32, 'a')}`;
/** As long as its answer, so that the server may give it however often: all limits are in force. */
const register = () => Buffer.from('{"type":"register"}'.padEnd(64));
const registerId = (n: number) => Buffer.from(`{"type":"register","peer_id":"${peerId(n)}"}`);
/** To a neighbour that only listens: each connect is answered to both sides. */
const connect = (n: number) => Buffer.from(`{"type":"connect","target_id":"${peerId(n + SOCKETS)}"}`);

/** Registers and returns the cookie, as clients do: the long answers of a rendezvous go to proven addresses. */
async function prove(socket: Socket, n: number): Promise<void> {
  let cookie = '';
  for (let round = 0; round < 2; round += 1) {
    socket.send(JSON.stringify({ type: 'register', peer_id: peerId(n), cookie }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    ({ cookie } = JSON.parse(answer.toString()) as { cookie: string });
  }
}

export default async function bench(): Promise<BenchRow[]> {
  const [matchmaker, jsonEcho, jsonEchoTwo, byteEcho] = await Promise.all(
    ['matchmaker', 'json-echo', 'json-echo-two', 'byte-echo'].map(startServer),
  );
  const coturn = await startCoturn();
  try {
    return [
      ...(await compare('register', { server: matchmaker!, request: register }, [
        { name: 'bare dgram JSON echo', server: jsonEcho!, request: register },
        { name: 'bare dgram byte echo', server: byteEcho!, request: register },
      ])),
      ...(await compare('register with a peer id', { server: matchmaker!, request: registerId }, [
        { name: 'bare dgram JSON echo', server: jsonEcho!, request: registerId },
      ])),
      ...(await compare(
        'connect by id (two datagrams sent)',
        { server: matchmaker!, request: connect, prepare: prove },
        [{ name: 'bare dgram JSON echo that sends two', server: jsonEchoTwo!, request: connect }],
      )),
      ...(await compare(
        'STUN Binding',
        { server: matchmaker!, request: () => BINDING },
        coturn ? [{ name: 'coturn', server: coturn, request: () => BINDING }] : [],
      )),
      memoryOfAMillion(),
    ];
  } finally {
    for (const server of [matchmaker, jsonEcho, jsonEchoTwo, byteEcho, coturn]) server?.stop();
  }
}

function memoryOfAMillion(): BenchRow {
  const program = join(import.meta.dirname, 'matchmaker/memory.ts');
  const { ours, plain } = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', '--max-old-space-size=4096', program], {
      encoding: 'utf8',
    }),
  ) as { plain: number; ours: number };
  return row('memory of one of a million registrations', 'bytes', ours, {
    name: 'a plain object in one Map',
    value: plain,
  });
}
