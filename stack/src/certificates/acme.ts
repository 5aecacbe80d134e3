import { writePrivateFile } from '@giggityflix/state/private-file';
import acme from 'acme-client';
import type { Challenges } from './challenges.ts';
import { type Pair, readText } from './stored.ts';

export interface AcmeSettings {
  directoryUrl: string;
  /** Where the authority writes to when something is wrong; null for nowhere. */
  email: string | null;
  /** Where the key of the account is kept. */
  accountKeyPath: string;
}

/** Gets a certificate for a public name (RFC 8555). */
export function createAcme(settings: AcmeSettings, challenges: Challenges) {
  const accountKey = async () => {
    const stored = readText(settings.accountKeyPath);
    if (stored) return stored;
    const made = String(await acme.crypto.createPrivateEcdsaKey('P-256'));
    writePrivateFile(settings.accountKeyPath, made);
    return made;
  };
  return {
    /** @throws when the authority refuses, or does not answer. */
    async issue(domain: string): Promise<Pair> {
      const client = new acme.Client({
        directoryUrl: settings.directoryUrl,
        accountKey: await accountKey(),
      });
      const [key, csr] = await acme.crypto.createCsr(
        { commonName: domain, altNames: [domain] },
        await acme.crypto.createPrivateEcdsaKey('P-256'),
      );
      const cert = await client.auto({
        csr,
        ...(settings.email && { email: settings.email }),
        termsOfServiceAgreed: true,
        // From here the name may lead elsewhere: routers send nobody back into their own network.
        skipChallengeVerification: true,
        challengePriority: ['http-01'],
        challengeCreateFn: async (_authorization, challenge, answer) =>
          challenges.put(challenge.token, answer),
        challengeRemoveFn: async (_authorization, challenge) => challenges.remove(challenge.token),
      });
      return { cert, key: String(key) };
    },
  };
}
