import { writePrivateFile } from '@giggityflix/state/private-file';
import acme from 'acme-client';
import type { Challenges } from './challenges.ts';
import { AuthorityBusy, AuthorityUnreached } from './refusals.ts';
import { type Pair, readText } from './stored.ts';

export interface AcmeSettings {
  directoryUrl: string;
  /** Where the authority writes to when something is wrong; null for nowhere. */
  email: string | null;
  /** Where the key of the account is kept. */
  accountKeyPath: string;
}

/** How long the authority may take over an answer, in milliseconds. */
const ANSWER_MS = 30_000;

/** Gets a certificate for a public name (RFC 8555). */
export function createAcme(settings: AcmeSettings, challenges: Challenges) {
  failAtOnce();
  const accountKey = async () => {
    const stored = readText(settings.accountKeyPath);
    if (stored) return stored;
    const made = String(await acme.crypto.createPrivateEcdsaKey('P-256'));
    writePrivateFile(settings.accountKeyPath, made);
    return made;
  };
  return {
    /**
     * @throws AuthorityUnreached when nobody answered; AuthorityBusy when it wants to be asked later; else an error that says
     *   what it refused.
     */
    async issue(domain: string): Promise<Pair> {
      const client = new acme.Client({
        directoryUrl: settings.directoryUrl,
        accountKey: await accountKey(),
      });
      const [key, csr] = await acme.crypto.createCsr(
        { commonName: domain, altNames: [domain] },
        await acme.crypto.createPrivateEcdsaKey('P-256'),
      );
      await client.createAccount({
        termsOfServiceAgreed: true,
        // Never left out: of an account that exists the client makes an update, and authorities refuse one of nothing.
        contact: settings.email ? [`mailto:${settings.email}`] : [],
      });
      const cert = await client
        .auto({
          csr,
          // From here the name may lead elsewhere: routers send nobody back into their own network.
          skipChallengeVerification: true,
          challengePriority: ['http-01'],
          challengeCreateFn: async (_authorization, challenge, answer) =>
            challenges.put(challenge.token, answer),
          challengeRemoveFn: async (_authorization, challenge) => challenges.remove(challenge.token),
        })
        .catch((error: unknown) => {
          // There may be an order by now, and a certificate, which the authority counts.
          if (error instanceof AuthorityUnreached)
            throw new Error(`the authority answers no more: ${error.message}`, { cause: error });
          throw error;
        });
      return { cert, key: String(key) };
    },
  };
}

/**
 * The client would try again by itself for minutes, or for as long as a rate limit lasts, without a word, and then forget what
 * was wrong. Here whoever keeps the certificate decides when, and says why.
 */
function failAtOnce(): void {
  const { defaults, interceptors } = acme.axios;
  defaults.timeout = ANSWER_MS;
  interceptors.request.clear();
  interceptors.response.clear();
  interceptors.response.use(
    (response) => {
      if (response.status !== 429 && response.status !== 503) return response;
      const { detail } = (response.data ?? {}) as { detail?: unknown };
      throw new AuthorityBusy(
        typeof detail === 'string' ? detail : `it answers with status ${response.status}`,
        response.headers['retry-after'],
      );
    },
    (error: Error) => {
      throw new AuthorityUnreached(error.message || String(error.cause), { cause: error });
    },
  );
}
