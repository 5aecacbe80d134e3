import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '@giggityflix/kernel/free-ports';
import { findProgram, postgresDirectories } from '@giggityflix/kernel/programs';
import { spawnGuarded, untilServing } from './child.ts';

const run = promisify(execFile);

export interface RunningPostgres {
  /** `postgresql://` URL of the server, without a database. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL server in a new directory; as the user `postgres` when we are root, as it refuses root. */
export async function startPostgres(): Promise<RunningPostgres> {
  const initdb = findProgram('initdb', postgresDirectories());
  const postgres = findProgram('postgres', postgresDirectories());
  if (!initdb || !postgres) throw new Error('initdb or postgres is not installed');
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-postgres-'));
  const user = process.getuid?.() === 0 ? await idsOf('postgres') : undefined;
  if (user) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  await run(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...user,
    cwd: directory,
  });
  const [port] = (await freePorts(1)) as [number];
  // Tests do not cut the power, so nothing needs to reach the disk.
  const speed = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];
  const server = spawnGuarded(
    postgres,
    [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      directory,
      '-c',
      'max_connections=200',
      ...speed,
    ],
    { ...user, cwd: directory },
  );
  await untilServing('PostgreSQL', server, () => acceptsConnections(port));
  return {
    url: `postgresql://postgres@127.0.0.1:${port}`,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function idsOf(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function acceptsConnections(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    // Protocol 3.0 start-up for user postgres; an `R` (authentication) answer means that it serves.
    socket.once('connect', () => {
      const body = Buffer.from('user\0postgres\0database\0postgres\0\0');
      const head = Buffer.alloc(8);
      head.writeInt32BE(body.length + 8, 0);
      head.writeInt32BE(196_608, 4);
      socket.write(Buffer.concat([head, body]));
    });
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer[0] === 0x52) resolve();
      else reject(new Error('not ready yet'));
    });
  });
}
