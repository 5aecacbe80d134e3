import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EnvironmentError } from '@giggityflix/kernel';
import type { InvitedNetwork } from '@giggityflix/proto/invitation';

/**
 * What the links of invitations say of the network; null where no edges are named.
 *
 * @throws EnvironmentError when the authority cannot be read.
 */
export function invitedNetwork(settings: {
  edges: readonly string[];
  tls: boolean;
  authorityPath: string | undefined;
}): InvitedNetwork | null {
  const { edges, tls, authorityPath } = settings;
  if (edges.length === 0) return null;
  if (!tls || !authorityPath) return { edges, tls, authority: null };
  try {
    return { edges, tls, authority: new X509Certificate(readFileSync(authorityPath)).raw };
  } catch (error) {
    throw new EnvironmentError([
      `INVITATION_CA_PATH: ${authorityPath} is no certificate in PEM: ${(error as Error).message}`,
    ]);
  }
}
