import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { offlineAdapter } from './offline.ts';
import { PROVIDERS, ROOT, readModels, schemaFor } from './providers.ts';
import { datamodel, diff } from './schema-engine.ts';

/**
 * Writes the next migration of each database: the SQL that leads from the models as the last migration
 * knew them (`migrations/models.prisma`) to the models as they are. Usage: `npm run migrate -w prisma -- NAME`.
 */
const name = process.argv[2] ?? '';
if (!/^[a-z0-9_]{1,60}$/.test(name)) {
  process.stderr.write('usage: npm run migrate -w prisma -- NAME   (NAME in a-z, 0-9 and _)\n');
  process.exit(1);
}

const SNAPSHOT = new URL('migrations/models.prisma', ROOT);
const before = existsSync(SNAPSHOT) ? readFileSync(SNAPSHOT, 'utf8') : null;
const after = readModels();

for (const provider of PROVIDERS) {
  const sql = await diff(
    offlineAdapter(provider),
    before === null ? { tag: 'empty' } : datamodel(schemaFor(provider, before)),
    datamodel(schemaFor(provider, after)),
  );
  if (sql === '') {
    process.stdout.write(`${provider}: nothing changed\n`);
    continue;
  }
  const folder = new URL(`migrations/${provider}/`, ROOT);
  mkdirSync(folder, { recursive: true });
  const number = String(readdirSync(folder).length + 1).padStart(4, '0');
  writeFileSync(new URL(`${number}_${name}.sql`, folder), sql);
  process.stdout.write(`${provider}: migrations/${provider}/${number}_${name}.sql\n`);
}
writeFileSync(SNAPSHOT, after);
