import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The version of Kafka that `scripts/setup-system.sh` fetches from Maven Central. */
export const KAFKA_VERSION = '4.1.2';

/** Where it puts the jars. */
export function kafkaJars(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'giggityflix', 'kafka', KAFKA_VERSION);
}

/** The path of a program on PATH or in the directories Debian keeps out of users' PATH; null when there is none. */
export function findProgram(
  names: string | readonly string[],
  directories: readonly string[] = [],
): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', ...directories];
  for (const name of typeof names === 'string' ? [names] : names)
    for (const place of places) {
      const path = join(place, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  return null;
}

/** Debian keeps the server's programs out of PATH, one directory a version. */
export function postgresDirectories(): string[] {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
}
