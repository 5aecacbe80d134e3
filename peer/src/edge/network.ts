import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InvitedNetwork, parseInvitedNetwork } from '@giggityflix/proto/invitation';
import { writePrivateFile } from '@giggityflix/state';
import { z } from 'zod';
import type { PeerConfig } from '../environment.ts';

const FILE = 'network.json';

const schema = z.object({
  edges: z.array(z.string()).min(1),
  tls: z.boolean(),
  /** PEM; null where everybody trusts who signed for the edges. */
  authority: z.string().nullable(),
});

/** The network that this peer was invited to, as it is kept in its data directory. */
export type JoinedNetwork = z.output<typeof schema>;

/** @throws Error when the authority in the link is no certificate. */
export function networkOfLink(link: string): JoinedNetwork | null {
  const network = parseInvitedNetwork(link);
  return network && { edges: [...network.edges], tls: network.tls, authority: authorityOf(network) };
}

function authorityOf({ authority }: InvitedNetwork): string | null {
  if (authority === null) return null;
  try {
    return new X509Certificate(authority).toString();
  } catch {
    throw new Error('the link is damaged: the certificate of the network in it cannot be read');
  }
}

export function storeNetwork(dataDir: string, network: JoinedNetwork): void {
  writePrivateFile(join(dataDir, FILE), `${JSON.stringify(network, null, 2)}\n`);
}

/** Null where no link named one, and for a file that is none. */
export function storedNetwork(dataDir: string): JoinedNetwork | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')));
  } catch {
    return null;
  }
}

export interface EdgeTarget {
  addresses: readonly string[];
  tls: PeerConfig['edge']['tls'];
  /** PEM of the authority that signs for these edges, where an invitation named it. */
  authority: string | null;
}

/** Which edges to try, and how: those of the variables where they are set, else those of the invitation. */
export function edgeTarget(config: PeerConfig['edge'], dataDir: string): EdgeTarget {
  const { addresses, tls } = config;
  const joined = config.isGiven ? null : (storedNetwork(dataDir) ?? networkOfLink(config.invitationText));
  if (!joined) return { addresses, tls, authority: null };
  const own = tls ?? { certPath: null, clientCertPath: null, clientKeyPath: null };
  return {
    addresses: joined.edges,
    tls: joined.tls ? own : null,
    authority: own.certPath === null ? joined.authority : null,
  };
}
