import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { explainStartFailure, type Logger, READY, type Service } from '@giggityflix/kernel';
import { type AcmeSettings, createAcme } from './acme.ts';
import { nextAttempt, storedAttempts } from './attempts.ts';
import { selfSigned } from './authority.ts';
import { createChallenges } from './challenges.ts';
import { AuthorityBusy, AuthorityUnreached } from './refusals.ts';
import { type PairFiles, readPair, renewalTime, writePair } from './stored.ts';

/** What browsers warn of, until there is another one. */
const TEMPORARY = 'Giggityflix not vouched for';
/** Longest wait between two looks at what is due, in milliseconds: machines sleep, and clocks are set. */
const LOOK_EVERY_MS = 60 * 60_000;
const MOMENT_MS = 1_000;
/** After so long an authority that was not asked, and so counted nothing, is, in milliseconds. */
const UNREACHED_MS = 60_000;
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
  let complaint = '';

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
    await ensureUsable();
    const wasAsked = dueAt() > Date.now() || (await attempt());
    later(wasAsked ? dueAt() : Date.now() + UNREACHED_MS);
  };
  const begin = () =>
    void look().catch((err: unknown) => {
      logger.error({ err }, 'the certificate cannot be looked after');
      later(Date.now() + UNREACHED_MS);
    });
  /** Whoever serves with it does not start with one that has expired, such as after a long pause. */
  const ensureUsable = async () => {
    const pair = readPair(files);
    if (pair && Date.parse(pair.leaf.validTo) > Date.now()) return;
    if (pair)
      logger.warn(`the certificate for ${domain} has expired: until there is a new one, browsers warn`);
    writePair(files, await selfSigned([domain], TEMPORARY));
  };
  /** Each minute the same would hide all else. */
  const complain = (message: string) => {
    if (message !== complaint) logger.warn(`${message}; trying again every minute`);
    complaint = message;
  };
  const listen = async () => {
    if (listens) return true;
    try {
      await challenges.start();
      listens = true;
    } catch (error) {
      complain(
        `port ${config.httpPort} for ${domain}, where the authority looks, cannot be had: ${explainStartFailure(error)}. ` +
          'Set ACME_HTTP_PORT to another one, and have the router pass port 80 on to that',
      );
    }
    return listens;
  };
  /** Whether the authority was asked. */
  const attempt = async (): Promise<boolean> => {
    if (!(await listen())) return false;
    const before = attempts.read();
    const attempt = { failures: before.failures + 1, lastAt: Date.now() };
    // Before it is made: one that ends the process counts, too.
    attempts.write(attempt);
    try {
      writePair(files, await acme.issue(domain));
      attempts.write({ failures: 0, lastAt: Date.now() });
      complaint = '';
      logger.info({ domain }, 'there is a new certificate');
    } catch (error) {
      if (stopped) return true;
      if (error instanceof AuthorityUnreached) {
        attempts.write(before);
        complain(
          `no certificate for ${domain}: ${config.acme.directoryUrl} is not reached: ${error.message}`,
        );
        return false;
      }
      complaint = '';
      if (error instanceof AuthorityBusy) attempts.write({ ...attempt, notBefore: error.retryAt });
      const next = new Date(nextAttempt(attempts.read())).toISOString();
      logger.warn(
        `no certificate for ${domain}: ${explainStartFailure(error)}; the next attempt is at ${next}`,
      );
    }
    return true;
  };
  return {
    async start() {
      await ensureUsable();
      await listen();
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
