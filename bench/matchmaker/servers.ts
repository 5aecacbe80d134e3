import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findProgram } from '@giggityflix/testing/processes';
import { openSocket } from './socket.ts';

/** A server in a process of its own. */
export interface Server {
  port: number;
  /** CPU time spent so far, by all of its threads. */
  cpuSeconds(): number;
  stop(): void;
}

const TURN_PORT = 43_478;
/**
 * A Binding request: type, length, cookie, transaction id, and an attribute to be ignored, which makes it as long as
 * its answer.
 */
export const BINDING = Buffer.from(
  '0001000c2112a442000102030405060708090a0bc0000008' + '0000000000000000',
  'hex',
);

/** One of those in `server.ts`. */
export async function startServer(name: string): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [name]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { port, cpuSeconds: () => cpuSecondsOf(child), stop: () => child.disconnect() };
}

/** Null where there is none. */
export async function startCoturn(): Promise<Server | null> {
  const program = findProgram('turnserver');
  if (!program) return null;
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
  await answering(TURN_PORT);
  return { port: TURN_PORT, cpuSeconds: () => cpuSecondsOf(child), stop: () => void child.kill('SIGKILL') };
}

/** As the kernel counts it, in nanoseconds: the same clock for servers of any make. */
function cpuSecondsOf({ pid }: ChildProcess): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return nanoseconds / 1e9;
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
    await setTimeout(100);
  }
  socket.close();
}
