import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ACCOUNT_ROLES } from '../accounts/account.ts';

const OWN_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What an account becomes by a group. */
const grantSchema = z.strictObject({
  role: z.enum(ACCOUNT_ROLES).default('member'),
  plan: z.string().min(1).nullable().default(null),
  libraries: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/))
    .max(100)
    .nullable()
    .default(null),
});
export type Grant = z.output<typeof grantSchema>;

const providersFile = z.array(
  z.strictObject({
    /** In the redirect address, and so registered there. */
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected a-z, 0-9 and -'),
    /** On the button. */
    label: z.string().trim().min(1).max(60),
    issuer: z.url({ protocol: /^https?$/ }),
    client_id: z.string().min(1),
    /** A file with the secret; a client without one is public. */
    client_secret_path: z.string().optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
      .default(['openid', 'profile', 'email'])
      .refine((scopes) => scopes.includes('openid'), 'openid is missing'),
    /** The claim with the groups of someone; without it, accounts keep what they have. */
    groups_claim: z.string().min(1).optional(),
    /** The first one of which someone is counts. */
    groups: z.array(z.strictObject({ group: z.string().min(1), ...grantSchema.shape })).default([]),
    /** What someone of none of the groups becomes; without it they are not let in. */
    others: grantSchema.optional(),
    sign_up: z.enum(['anyone', 'invited']).default('invited'),
  }),
);

export type UpstreamProvider = Omit<
  z.output<typeof providersFile>[number],
  'client_secret_path' | 'client_id' | 'groups_claim' | 'sign_up'
> & {
  clientId: string;
  clientSecret: string | null;
  groupsClaim: string | null;
  signUp: 'anyone' | 'invited';
};

/** @throws Error that says what is wrong with the file; secrets are never repeated. */
export function readUpstreamProviders(path: string): UpstreamProvider[] {
  const parsed = providersFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  const [ids, issuers] = [new Set<string>(), new Set<string>()];
  return parsed.data.map(({ client_id, client_secret_path, groups_claim, sign_up, ...rest }) => {
    const { id, issuer } = rest;
    if (ids.has(id)) throw new Error(`the provider ${id} is there twice`);
    // Accounts are linked by the issuer.
    if (issuers.has(issuer)) throw new Error(`the issuer of ${id} is that of another provider`);
    ids.add(id);
    issuers.add(issuer);
    const { protocol, hostname } = new URL(issuer);
    if (protocol === 'http:' && !OWN_MACHINE.test(hostname))
      throw new Error(`the issuer of ${id} is http: whoever is between could sign in as anyone`);
    const secretPath = client_secret_path && resolve(dirname(path), client_secret_path);
    return {
      ...rest,
      clientId: client_id,
      clientSecret: secretPath ? readFileSync(secretPath, 'utf8').trim() : null,
      groupsClaim: groups_claim ?? null,
      signUp: sign_up,
    };
  });
}

/** What someone becomes by their groups; null for someone who is not let in. */
export function grantOf(
  { groups: mapped, others }: Pick<UpstreamProvider, 'groups' | 'others'>,
  groups: readonly string[],
): Grant | null {
  const found = mapped.find(({ group }) => groups.includes(group));
  if (!found) return others ?? null;
  const { group: _, ...grant } = found;
  return grant;
}
