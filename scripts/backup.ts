/** Writes a backup of an installation; see docs/backup.md. */
import { parseArgs } from 'node:util';
import { backUpDataFolder } from './backup/all-in-one.ts';
import { dataDirOf, modeOf, OPTIONS, run } from './backup/command.ts';
import { readInstallation } from './backup/environments.ts';
import { BackupError } from './backup/failure.ts';
import { writeBackup } from './backup/folder.ts';
import { backUpStores } from './backup/production.ts';

const USAGE = `Backs up an installation, which may be running.

  npm run backup -- --to DIR                        the data folder of npm start (STACK_DATA_DIR, or --data-dir)
  npm run backup -- --to DIR --env-file FILE ...    the stores of production, as the services' environment files name them
    --mode all-in-one|production                    which of them; production with an --env-file or NODE_ENV=production
    --force                                         replace the backup that is in DIR
`;

await run(async () => {
  const { to, help, ...options } = parseArgs({ options: { ...OPTIONS, to: { type: 'string' } } }).values;
  if (help) return USAGE;
  if (!to) throw new BackupError(`--to DIR is missing\n\n${USAGE}`);
  const envFiles = options['env-file'];
  const mode = modeOf(options.mode, envFiles);
  const parts = await writeBackup({
    to,
    force: options.force,
    mode,
    write: (folder) =>
      mode === 'all-in-one'
        ? backUpDataFolder(dataDirOf(options['data-dir']), folder)
        : backUpStores(readInstallation(envFiles, process.env), folder),
  });
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return `${to} has ${parts.length} parts, ${(bytes / 1e6).toFixed(1)} MB. It holds keys and secrets: keep it where only you can read it.`;
});
