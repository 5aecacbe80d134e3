import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Installation, Member } from '../installation.ts';
import { ask } from '../probes.ts';
import type { Launch } from '../process.ts';
import { required } from './required.ts';

const run = promisify(execFile);
const SUPERUSER = 'postgres';

/** As the user `postgres` when we are root, whom it refuses. */
export function postgres(member: Member, installation: Installation): Omit<Launch, 'logPath'> {
  const { name, kind, folder, ports } = member;
  const user = process.getuid?.() === 0 ? SUPERUSER : undefined;
  const data = join(folder, 'data');
  return {
    name,
    kind,
    folder,
    command: required('postgres'),
    arguments: [
      ...['-D', data, '-p', String(ports.database), '-h', '127.0.0.1', '-k', folder],
      ...['-c', 'max_connections=200'],
    ],
    environment: {},
    user,
    // Ends its clients' sessions instead of waiting for them.
    stopSignal: 'SIGINT',
    async prepare() {
      const ids = user ? await idsOf(user) : undefined;
      if (ids) await chown(folder, ids.uid, ids.gid);
      if (existsSync(join(data, 'PG_VERSION'))) return;
      const password = join(folder, 'password');
      await mkdir(data, { recursive: true, mode: 0o700 });
      await writeFile(password, installation.secret('postgres_password'), { mode: 0o600 });
      if (ids) for (const path of [data, password]) await chown(path, ids.uid, ids.gid);
      const options = [
        '-D',
        data,
        '-U',
        SUPERUSER,
        '-A',
        'scram-sha-256',
        '--pwfile',
        password,
        '-E',
        'UTF8',
      ];
      try {
        await run(required('initdb'), options, { ...ids, cwd: '/' });
      } catch (error) {
        throw new Error(
          `PostgreSQL cannot use ${data}: ${(error as { stderr?: string }).stderr ?? error}` +
            (user ? `; the user ${user} has to reach it` : ''),
        );
      } finally {
        rmSync(password);
      }
    },
    probe: async () =>
      (await ask(ports.database!, START_UP)).length > 0 && (await accepts(member, installation)),
  };
}

/** A role for each database, which owns it; those that are there stay as they are. */
export async function createDatabases(installation: Installation): Promise<void> {
  const [member] = installation.of('postgres');
  for (const name of Object.keys(installation.topology.databases)) {
    const { stdout } = await psql(
      member!,
      installation,
      `SELECT 1 FROM pg_database WHERE datname = '${name}'`,
    );
    if (stdout.trim() !== '') continue;
    const password = installation.secret(`${name}_password`);
    await psql(member!, installation, `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
    await psql(member!, installation, `CREATE DATABASE ${name} OWNER ${name}`);
  }
}

/** A server that starts, stops or recovers refuses sessions. */
async function accepts(member: Member, installation: Installation): Promise<boolean> {
  return (await psql(member, installation, 'SELECT 1')).stdout.trim() === '1';
}

function psql({ ports }: Member, installation: Installation, statement: string) {
  return run(required('psql'), ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', statement], {
    env: {
      PGHOST: '127.0.0.1',
      PGPORT: String(ports.database),
      PGUSER: SUPERUSER,
      PGPASSWORD: installation.secret('postgres_password'),
    },
  });
}

async function idsOf(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** SSLRequest: an answer of one byte, whatever it is, says that somebody is there. */
const START_UP = Buffer.from('0000000804d2162f', 'hex');
