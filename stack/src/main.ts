import { execFile } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { lockFile } from '@giggityflix/state/file-lock';
import { createPrivateDirectory } from '@giggityflix/state/private-file';
import { readConfig } from './config.ts';
import { domainProblem, TLS_FOLDER } from './https.ts';
import type { Https } from './https-choice.ts';
import { identityUrlOf } from './identity.ts';
import { ensureIssuer } from './issuer.ts';
import { LAN_NAME, sharingProblem } from './lan.ts';
import { formatLogLine } from './log-view.ts';
import { DEFAULT_MEDIA_DIR, ROOT } from './paths.ts';
import { planProcesses } from './plan.ts';
import { seedMedia } from './sample.ts';
import { sharedUrl, startScreen } from './screen.ts';
import { isIdentityStarted } from './set-up.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const USAGE = `Starts the whole platform on this machine.

  npm start                 start with the state of last time
  npm start -- --fresh      discard that state first (films in the shared folder are kept)
  npm start -- --lan        share it with the local network, with people who sign in
  npm start -- --https      the same by HTTPS, with an authority of its own that devices are to trust
  npm start -- --domain NAME
                            share it under a name of the internet, with a certificate of a public authority
  npm start -- --tls-cert FILE --tls-key FILE
                            serve HTTPS with a certificate of yours; with --lan to share it
  npm run dev               the same, and restart what uses a changed source file

Every port and folder can be changed: see docs/configuration.md.`;

const startedAt = performance.now();

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments(): { fresh: boolean; lan: boolean; watch: boolean; https: Https | null } {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        lan: { type: 'boolean', default: false },
        https: { type: 'boolean', default: false },
        domain: { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        watch: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    const https = chosenHttps(values);
    const lan = values.lan || https?.kind === 'home' || https?.kind === 'domain';
    return { fresh: values.fresh, lan, watch: values.watch, https };
  } catch (error) {
    fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** @throws when what was asked for does not go together. */
function chosenHttps(values: {
  https: boolean;
  domain?: string;
  'tls-cert'?: string;
  'tls-key'?: string;
}): Https | null {
  const { https, 'tls-cert': cert, 'tls-key': key } = values;
  const domain = values.domain?.toLowerCase().replace(/\.$/, '');
  if ((cert === undefined) !== (key === undefined))
    throw new Error('--tls-cert and --tls-key go together: the certificate, and its key');
  if ([https, domain !== undefined, cert !== undefined].filter(Boolean).length > 1)
    throw new Error('--https, --domain and --tls-cert are three ways to a certificate: choose one');
  if (https) return { kind: 'home' };
  if (domain !== undefined) {
    const problem = domainProblem(domain);
    if (problem) throw new Error(problem);
    return { kind: 'domain', domain };
  }
  return cert !== undefined && key !== undefined
    ? { kind: 'files', certPath: resolve(cert), keyPath: resolve(key) }
    : null;
}

async function run(): Promise<void> {
  const { fresh, lan: isShared, watch, https: chosen } = readArguments();
  const given = await readConfig();
  const lan = isShared ? (given.lan ?? { addresses: lanAddresses() }) : null;
  const https = chosen ?? given.https;
  if (https?.kind === 'files') {
    // Read here first: an operator at the keyboard sees at once what is wrong.
    const { readCertificate } = await import('@giggityflix/http/tls');
    await readCertificate(https).catch((error: Error) => fail(error.message));
  }
  const identityUrl = identityUrlOf({ ...given, lan, https }, process.env);
  const config = { ...given, lan, https, identityUrl };
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
    discardState(config.dataDir);
    createPrivateDirectory(config.dataDir);
    release = lockFile(join(config.dataDir, 'lock'));
  }
  ensureIssuer(config.dataDir);
  if (config.mediaDirs.includes(DEFAULT_MEDIA_DIR)) seedMedia(DEFAULT_MEDIA_DIR);

  const print = (line: string) => process.stdout.write(`${line}\n`);
  let setUpLink: string | null = null;
  const supervisor = createSupervisor(planProcesses(config), {
    line: (name, line) => print(formatLogLine(name, line)),
    message(_name, message) {
      if (isIdentityStarted(message)) setUpLink = message.setUpLink;
    },
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
  print(startScreen(config, { startedInMs: performance.now() - startedAt, setUpLink }));
  const url = sharedUrl(config);
  if (url && !stopping) {
    // What only a shared platform needs is loaded with it.
    const [{ announce }, { default: qrCode }] = await Promise.all([
      import('./lan-announcement.ts'),
      import('qrcode'),
    ]);
    print(await qrCode.toString(url, { type: 'terminal', small: true }));
    announcement = announce(
      config.ports.gateway,
      () => given.lan?.addresses ?? lanAddresses(),
      ({ message }) => print(formatNotice('mdns', 'warn', `nobody hears of ${LAN_NAME}: ${message}`)),
    );
  }
  if (watch) await watchSources(supervisor, print);
}

/** All but what others outside count on: devices trust our authority, and a public one is not to be asked again. */
function discardState(dataDir: string): void {
  for (const name of readdirSync(dataDir))
    if (name !== TLS_FOLDER) rmSync(join(dataDir, name), { recursive: true, force: true });
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
