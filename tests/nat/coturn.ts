import type { ChildProcess } from 'node:child_process';
import { type NatNetwork, SERVER_ADDRESS } from './network.ts';

export const TURN_PORT = 3_478;
/** Shared by coturn and whoever makes credentials for it (the TURN REST convention). */
export const TURN_SECRET = 'a secret of this test';

/** coturn on the public network, with time-limited credentials. */
export function startCoturn(network: NatNetwork, program: string): ChildProcess {
  return network.inside(
    network.server,
    [
      program,
      '-n',
      '--use-auth-secret',
      `--static-auth-secret=${TURN_SECRET}`,
      '--realm=giggityflix',
      `--listening-ip=${SERVER_ADDRESS}`,
      `--relay-ip=${SERVER_ADDRESS}`,
      `--listening-port=${TURN_PORT}`,
      '--no-tls',
      '--no-dtls',
      '--no-cli',
      '--log-file=stdout',
      '--simple-log',
      `--pidfile=/tmp/turn-${process.pid}.pid`,
    ],
    { stdio: 'ignore' },
  );
}
