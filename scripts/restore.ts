/** Restores a backup that `npm run backup` wrote; see docs/backup.md. */
import { parseArgs } from 'node:util';
import { restoreDataFolder } from './backup/all-in-one.ts';
import { dataDirOf, modeOf, OPTIONS, run } from './backup/command.ts';
import { readInstallation } from './backup/environments.ts';
import { BackupError } from './backup/failure.ts';
import { readManifest, verifyParts } from './backup/manifest.ts';
import { restoreStores } from './backup/production.ts';

const USAGE = `Restores a backup into an installation that does not run. It is verified before anything is changed.

  npm run restore -- --from DIR                       into the data folder of npm start (STACK_DATA_DIR, or --data-dir)
  npm run restore -- --from DIR --env-file FILE ...   into the stores that the services' environment files name
    --verify                                          only check that the backup is complete, and of which release
    --force                                           also where something is there already
    --without-secrets                                 production: leave environment files and keys as they are
`;

await run(async () => {
  const { values: options } = parseArgs({
    options: {
      ...OPTIONS,
      from: { type: 'string' },
      verify: { type: 'boolean', default: false },
      'without-secrets': { type: 'boolean', default: false },
    },
  });
  const { from, force } = options;
  if (options.help) return USAGE;
  if (!from) throw new BackupError(`--from DIR is missing\n\n${USAGE}`);
  const manifest = readManifest(from);
  await verifyParts(from, manifest);
  const { mode, release, createdAt, parts } = manifest;
  const what = `the backup of ${createdAt} (${mode}, release ${release}, ${parts.length} parts)`;
  if (options.verify) return `${what} is complete.`;
  const envFiles = options['env-file'];
  if (modeOf(options.mode ?? mode, envFiles) !== mode)
    throw new BackupError(`${from} is a backup of ${mode}: restore it with --mode ${mode}`);
  if (mode === 'all-in-one') {
    const replaced = await restoreDataFolder(dataDirOf(options['data-dir']), from, { manifest, force });
    return `restored ${what}.${replaced ? ` What was there is in ${replaced}; delete it once all is well.` : ''}`;
  }
  const withSecrets = !options['without-secrets'];
  await restoreStores(readInstallation(envFiles, process.env), from, { manifest, force, withSecrets });
  return `restored ${what}. Before you start the services, see docs/backup.md on what Kafka still holds.`;
});
