/**
 * The matchmaker beside bare UDP servers and coturn. Figures are requests per second of the server's own CPU time,
 * that is, per core: they hold whatever else the machine is doing.
 */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../tests/support/requirement.ts';
import { type BenchRow, row } from './row.ts';

const SOCKETS = 32;
/** Requests under way on each socket: enough to keep a server busy, few enough for its receive buffer. */
const WINDOW = 8;
const WARM_UP_MS = 1_000;
const MEASURE_MS = 3_000;
const TURN_PORT = 43_478;

/** A Binding request: type, length 0, cookie, transaction id. */
const BINDING = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

/** What each socket sends, by its number. */
type Requests = (socket: number) => Buffer;

const peerId = (n: number) => `gf1${n.toString(32).padStart(32, 'a')}`;

interface Server {
  port: number;
  /** Seconds of CPU spent so far. */
  cpu(): Promise<number>;
  stop(): void;
}

export default async function bench(): Promise<BenchRow[]> {
  const register = () => Buffer.from('{"type":"register"}');
  const registerId = (n: number) => Buffer.from(`{"type":"register","peer_id":"${peerId(n)}"}`);
  // To a neighbour that only listens: each connect is answered to both sides.
  const connect = (n: number) => Buffer.from(`{"type":"connect","target_id":"${peerId(n + SOCKETS)}"}`);
  const binding = () => BINDING;
  const rows: BenchRow[] = [];
  const rate = async (name: string, request: Requests, first?: Requests) => {
    const server = await startServer(name);
    try {
      return await measure(server, request, first);
    } finally {
      server.stop();
    }
  };
  const json = { name: 'bare dgram JSON echo', value: await rate('json-echo', register) };
  const bytes = { name: 'bare dgram byte echo', value: await rate('byte-echo', register) };
  const registers = await rate('matchmaker', register);
  rows.push(row('register', 'requests/s/core', registers, json));
  rows.push(row('register', 'requests/s/core', registers, bytes));
  const jsonId = { ...json, value: await rate('json-echo', registerId) };
  rows.push(row('register with a peer id', 'requests/s/core', await rate('matchmaker', registerId), jsonId));
  const connects = await rate('matchmaker', connect, registerId);
  const twice = {
    name: 'bare dgram JSON echo that sends two',
    value: await rate('json-echo-two', registerId),
  };
  rows.push(row('connect by id (two datagrams sent)', 'requests/s/core', connects, twice));
  const stun = await rate('matchmaker', binding);
  const turnserver = findProgram('turnserver');
  if (turnserver) {
    const coturn = await startCoturn(turnserver);
    try {
      rows.push(
        row('STUN Binding', 'requests/s/core', stun, {
          name: 'coturn',
          value: await measure(coturn, binding),
        }),
      );
    } finally {
      coturn.stop();
    }
  } else rows.push(row('STUN Binding', 'requests/s/core', stun));
  const memory = JSON.parse(
    execFileSync(
      process.execPath,
      ['--expose-gc', '--max-old-space-size=4096', join(import.meta.dirname, 'matchmaker/memory.ts')],
      {
        encoding: 'utf8',
      },
    ),
  ) as { plain: number; ours: number };
  rows.push(
    row('memory of one of a million registrations', 'bytes', memory.ours, {
      name: 'a plain object in one Map',
      value: memory.plain,
    }),
  );
  return rows;
}

/** Keeps a fixed number of requests under way, and divides the answers by the CPU time they took. */
async function measure(server: Server, request: Requests, first?: Requests): Promise<number> {
  const all = await Promise.all(Array.from({ length: 2 * SOCKETS }, () => openSocket(server.port)));
  const sockets = all.slice(0, SOCKETS);
  const requests = sockets.map((_, n) => request(n));
  let answers = 0;
  let stopped = false;
  let lastCount = -1;
  const send = (n: number) => {
    if (!stopped) sockets[n]?.send(requests[n]!);
  };
  const sendAll = () => {
    for (let n = 0; n < SOCKETS; n += 1) for (let more = 0; more < WINDOW; more += 1) send(n);
  };
  for (const [n, socket] of first ? all.entries() : []) {
    socket.send(first!(n));
    await once(socket, 'message');
  }
  for (const [n, socket] of sockets.entries())
    socket.on('message', () => {
      answers += 1;
      send(n);
    });
  sendAll();
  // Loopback drops datagrams when a buffer is full; what is lost is sent again.
  const watchdog = setInterval(() => {
    if (answers === lastCount) sendAll();
    lastCount = answers;
  }, 100);
  await pause(WARM_UP_MS);
  const [answersBefore, cpuBefore] = [answers, await server.cpu()];
  await pause(MEASURE_MS);
  const [answersAfter, cpuAfter] = [answers, await server.cpu()];
  stopped = true;
  clearInterval(watchdog);
  for (const socket of all) socket.close();
  return (answersAfter - answersBefore) / (cpuAfter - cpuBefore);
}

async function openSocket(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function startServer(name: string): Promise<Server> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'matchmaker/server.ts'), [name]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    async cpu() {
      child.send({});
      const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }];
      return (cpu.user + cpu.system) / 1_000_000;
    },
    stop: () => child.disconnect(),
  };
}

async function startCoturn(program: string): Promise<Server> {
  const child = spawn(
    program,
    [
      '-n',
      '-S',
      '--no-tls',
      '--no-dtls',
      '--no-cli',
      '--listening-ip=127.0.0.1',
      `--listening-port=${TURN_PORT}`,
      '--log-file=stdout',
      `--pidfile=${join(tmpdir(), `turn-${process.pid}.pid`)}`,
    ],
    { stdio: 'ignore' },
  );
  const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  await answering(TURN_PORT);
  return {
    port: TURN_PORT,
    async cpu() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / ticks;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

async function answering(port: number): Promise<void> {
  const socket = await openSocket(port);
  let answered = false;
  socket.on('message', () => {
    answered = true;
  });
  socket.on('error', () => {});
  while (!answered) {
    socket.send(BINDING);
    await pause(100);
  }
  socket.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
