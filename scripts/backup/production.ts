import { join } from 'node:path';
import { createPrivateDirectory } from '../../platform/state/src/private-file.ts';
import type { Installation } from './environments.ts';
import { BackupError } from './failure.ts';
import { describePart, type Manifest, type Part } from './manifest.ts';
import { checkDatabase, dumpDatabase, loadDatabase } from './postgresql.ts';
import { checkRedis, dumpRedis, loadRedis } from './redis.ts';
import { checkSecrets, copySecrets, restoreSecrets } from './secrets.ts';

/** Backs up the stores of an installation, also while it runs; Redis first, as what it refers to is in the databases. */
export async function backUpStores(installation: Installation, folder: string): Promise<Part[]> {
  const { databases, redis, secrets } = installation;
  if (databases.size === 0 && !redis)
    throw new BackupError(
      'no DATABASE_URL and no REDIS_… is set: name the environment files of the services with --env-file',
    );
  const parts: Part[] = [];
  if (redis) {
    await dumpRedis(redis, join(folder, 'redis.jsonl'));
    parts.push(await describePart(folder, { kind: 'redis', path: 'redis.jsonl' }));
  }
  createPrivateDirectory(join(folder, 'postgresql'));
  for (const [of, url] of databases) {
    const path = `postgresql/${of}.dump`;
    const migrations = await dumpDatabase(of, url, join(folder, path));
    parts.push(await describePart(folder, { kind: 'postgresql', path, of, migrations }));
  }
  return [...parts, ...(await copySecrets(secrets, folder))];
}

/**
 * Restores a verified backup; everything is checked before anything is changed.
 *
 * @throws BackupError
 */
export async function restoreStores(
  { databases, redis }: Installation,
  from: string,
  { manifest, force, withSecrets }: { manifest: Manifest; force: boolean; withSecrets: boolean },
): Promise<void> {
  const of = (kind: Part['kind']) => manifest.parts.filter((part) => part.kind === kind);
  const dumps = of('postgresql').map((part) => {
    const url = databases.get(part.of ?? '');
    if (!url)
      throw new BackupError(
        `the backup has a database of ${part.of}, and there is none now: name its environment file ${part.of}.env with --env-file`,
      );
    return { name: part.of ?? '', url, file: join(from, part.path), migrations: namesOf(part) };
  });
  const [redisPart] = of('redis');
  if (redisPart && !redis) throw new BackupError('the backup has state of Redis, and no REDIS_… is set');
  const secrets = withSecrets ? of('secret') : [];

  checkSecrets(secrets, from, { force });
  for (const { name, url, migrations } of dumps) await checkDatabase(name, url, { force, migrations });
  if (redis && redisPart) await checkRedis(redis, { force });

  for (const { name, url, file } of dumps) await loadDatabase(name, url, file);
  if (redis && redisPart) await loadRedis(redis, join(from, redisPart.path));
  restoreSecrets(secrets, from);
}

function namesOf({ migrations }: Part): readonly string[] {
  return Array.isArray(migrations) ? migrations : [];
}
