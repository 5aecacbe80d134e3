import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { explainStartFailure, type Logger, READY, type Service } from '@giggityflix/kernel';
import { type AcmeSettings, createAcme } from './acme.ts';
import { nextAttempt, storedAttempts } from './attempts.ts';
import { selfSigned } from './authority.ts';
import { createChallenges } from './challenges.ts';
import { type PairFiles, readPair, renewalTime, writePair } from './stored.ts';

/** What browsers warn of, until there is another one. */
const TEMPORARY = 'Giggityflix not vouched for';
/** Longest wait between two looks at what is due, in milliseconds: machines sleep, and clocks are set. */
const LOOK_EVERY_MS = 60 * 60_000;
const MOMENT_MS = 1_000;
/** After so long an authority that was not reached, and so counted nothing, is asked again, in milliseconds. */
const UNREACHED_MS = 60_000;
const UNREACHED = new Set([
  'EADDRINUSE',
  'EACCES',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Keeps a certificate of a public authority for a domain: gets one, and renews it when a third of its life is left. */
export function createPublicName(
  config: {
    domain: string;
    files: PairFiles;
    directory: string;
    acme: Omit<AcmeSettings, 'accountKeyPath'>;
    httpPort: number;
    /** Where others than the authority are led. */
    location: string;
  },
  { logger }: { logger: Logger },
): Service {
  const { domain, files } = config;
  const challenges = createChallenges({ port: config.httpPort, location: config.location });
  const acme = createAcme(
    { ...config.acme, accountKeyPath: join(config.directory, 'account.key') },
    challenges,
  );
  const attempts = storedAttempts(join(config.directory, 'attempts.json'));
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let listens = false;

  const dueAt = () => {
    const pair = readPair(files);
    const isOurs = pair?.leaf.checkHost(domain) && !isTemporary(pair.leaf);
    const due = pair && isOurs ? renewalTime(pair.leaf) : 0;
    return Math.max(due, nextAttempt(attempts.read()));
  };
  const later = (at: number) => {
    if (stopped) return;
    timer = setTimeout(() => begin(), Math.min(Math.max(at - Date.now(), MOMENT_MS), LOOK_EVERY_MS));
  };
  const look = async () => {
    const wasReached = dueAt() > Date.now() || (await attempt());
    later(wasReached ? dueAt() : Date.now() + UNREACHED_MS);
  };
  const begin = () =>
    void look().catch((err: unknown) => {
      logger.error({ err }, 'the certificate cannot be looked after');
      later(Date.now() + UNREACHED_MS);
    });
  /** Whether the authority was reached. */
  const attempt = async (): Promise<boolean> => {
    const { failures } = attempts.read();
    // Before it is made: one that ends the process counts, too.
    attempts.write({ failures: failures + 1, lastAt: Date.now() });
    try {
      if (!listens) await challenges.start();
      listens = true;
      writePair(files, await acme.issue(domain));
      attempts.write({ failures: 0, lastAt: Date.now() });
      logger.info({ domain }, 'there is a new certificate');
    } catch (error) {
      if (stopped) return true;
      if (UNREACHED.has((error as NodeJS.ErrnoException).code ?? '')) {
        attempts.write({ failures, lastAt: 0 });
        logger.warn(
          `${config.acme.directoryUrl} is not reached: ${explainStartFailure(error)}; trying again in a minute`,
        );
        return false;
      }
      const next = new Date(nextAttempt(attempts.read())).toISOString();
      logger.warn(
        `no certificate for ${domain}: ${explainStartFailure(error)}; the next attempt is at ${next}`,
      );
    }
    return true;
  };
  return {
    async start() {
      if (!readPair(files)) writePair(files, await selfSigned([domain], TEMPORARY));
      await challenges.start().then(
        () => {
          listens = true;
        },
        (error: unknown) => logger.warn(`HTTP for ${domain} is not answered: ${explainStartFailure(error)}`),
      );
      begin();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await challenges.stop();
    },
    ready: () => READY,
  };
}

/** A public authority may leave the subject empty. */
function isTemporary(leaf: X509Certificate): boolean {
  return (leaf.subject as string | undefined)?.includes(TEMPORARY) ?? false;
}
