import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { lockFile } from '@giggityflix/state/file-lock';
import { createPrivateDirectory } from '@giggityflix/state/private-file';
import { readConfig } from './config.ts';
import { ensureIssuer } from './issuer.ts';
import { LAN_NAME, lanAddresses, sharingProblem } from './lan.ts';
import { formatLogLine } from './log-view.ts';
import { DEFAULT_MEDIA_DIR, ROOT } from './paths.ts';
import { planProcesses } from './plan.ts';
import { seedMedia } from './sample.ts';
import { sharedUrl, startScreen } from './screen.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const USAGE = `Starts the whole platform on this machine.

  npm start                 start with the state of last time
  npm start -- --fresh      discard that state first (films in the shared folder are kept)
  npm start -- --lan        share it with the local network, with people who sign in
  npm run dev               the same, and restart what uses a changed source file

Every port and folder can be changed: see docs/configuration.md.`;

const startedAt = performance.now();

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments(): { fresh: boolean; lan: boolean; watch: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        lan: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    return { fresh: values.fresh, lan: values.lan, watch: values.watch };
  } catch (error) {
    fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

async function run(): Promise<void> {
  const { fresh, lan: isShared, watch } = readArguments();
  const given = await readConfig();
  const lan = isShared ? (given.lan ?? { addresses: lanAddresses() }) : null;
  const config = { ...given, lan };
  if (process.env.NODE_ENV === 'production') {
    fail(
      'npm start signs every visitor in as an operator, so it does not run with NODE_ENV=production. See docs/operating.md.',
    );
  }
  const problem = lan && sharingProblem(process.env, lan);
  if (problem) fail(problem);
  createPrivateDirectory(config.dataDir);
  let release = lockFile(join(config.dataDir, 'lock'));
  if (!release)
    fail(
      `${config.dataDir} is in use: the platform already runs there. Set STACK_DATA_DIR to run a second one.`,
    );
  if (fresh) {
    release();
    rmSync(config.dataDir, { recursive: true, force: true });
    createPrivateDirectory(config.dataDir);
    release = lockFile(join(config.dataDir, 'lock'));
  }
  ensureIssuer(config.dataDir);
  if (config.mediaDirs.includes(DEFAULT_MEDIA_DIR)) seedMedia(DEFAULT_MEDIA_DIR);

  const print = (line: string) => process.stdout.write(`${line}\n`);
  const supervisor = createSupervisor(planProcesses(config), {
    line: (name, line) => print(formatLogLine(name, line)),
    restarting: (name, cause, delayMs) =>
      print(formatNotice(name, 'warn', `${cause}; starting it again in ${Math.round(delayMs)} ms`)),
  });

  let announcement: { stop(): Promise<void> } | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await announcement?.stop();
    await supervisor.stop();
    release?.();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  process.on('SIGHUP', () => void stop());

  supervisor.start();
  await Promise.all((['hub', 'edge', 'matchmaker', 'peer'] as const).map((name) => supervisor.started(name)));
  print(startScreen(config, performance.now() - startedAt));
  const url = sharedUrl(config);
  if (url && !stopping) {
    // What only a shared platform needs is loaded with it.
    const [{ announce }, { default: qrCode }] = await Promise.all([
      import('./lan-announcement.ts'),
      import('qrcode'),
    ]);
    print(await qrCode.toString(url, { type: 'terminal', small: true }));
    announcement = announce(config.ports.gateway, ({ message }) =>
      print(formatNotice('mdns', 'warn', `nobody hears of ${LAN_NAME}: ${message}`)),
    );
  }
  if (watch) await watchSources(supervisor, print);
}

/** Loaded for development only: the watcher and what it stands on are no part of a running platform. */
async function watchSources(supervisor: Supervisor, print: (line: string) => void): Promise<void> {
  const { createDevelopment } = await import('./dev/development.ts');
  const development = createDevelopment(
    { root: ROOT },
    {
      supervisor,
      async bundle() {
        await promisify(execFile)(process.execPath, [join(ROOT, 'web/build.ts')]);
      },
      report: (name, message) => print(formatNotice(name, 'info', message)),
    },
  );
  await development.start();
  print('  Watching the sources: a change restarts the processes that use the file.\n');
}

function formatNotice(service: string, level: 'info' | 'warn', msg: string): string {
  return formatLogLine(service, JSON.stringify({ level, time: new Date(), service, msg }));
}

await run();
