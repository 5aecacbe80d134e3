import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { isService } from './topology.schema.ts';
import { variablesOf } from './variables.ts';

/** Writes what each process is told, as `node --env-file` and systemd's EnvironmentFile take it. */
export function writeEnvironmentFiles(installation: Installation): void {
  const folder = join(installation.directory, 'environment');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const member of installation.members) {
    if (!isService(member.group)) continue;
    const lines = Object.entries(variablesOf(member, installation)).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    writeFileSync(join(folder, `${member.name}.env`), lines.join(''), { mode: 0o600 });
  }
}
