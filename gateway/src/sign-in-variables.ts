import { EnvironmentError, list } from '@giggityflix/kernel';
import { z } from 'zod';
import type { SignInConfig } from './transports/http/sign-in.ts';

/** How the viewer signs people in. */
export const signInVariables = {
  SIGN_IN_CLIENT_ID: z.string().optional().meta({
    description:
      'Client id of the viewer at the OpenID provider, a public client whose redirect URI is the address of this gateway with a slash; unset, the viewer signs nobody in',
  }),
  SIGN_IN_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: 'The OpenID provider people sign in at, found by discovery; AUTH_ISSUER when unset',
    }),
  SIGN_IN_SCOPE: z
    .string()
    .regex(/^openid( [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'begins with openid, scopes separated by single spaces')
    .default('openid profile offline_access')
    .meta({ description: 'Scopes the viewer asks for' }),
  SIGN_IN_RESOURCE: z.url().optional().meta({
    description: 'API the viewer asks tokens for (RFC 8707), where the provider needs to be told',
  }),
  SIGN_IN_ORIGINS: list('').meta({
    description:
      'Origins of the provider’s endpoints where they differ from that of its issuer, comma-separated: the page may talk to no others',
  }),
};

/**
 * Turns parsed {@link signInVariables} into one object; null where nobody signs in.
 * @throws EnvironmentError when there is a client and no provider, or an origin that is none.
 */
export function signInConfig(
  env: z.output<z.ZodObject<typeof signInVariables>> & { AUTH_MODE: 'jwt' | 'demo'; AUTH_ISSUER: string },
): SignInConfig | null {
  const clientId = env.SIGN_IN_CLIENT_ID;
  if (clientId === undefined || env.AUTH_MODE === 'demo') return null;
  const issuer = env.SIGN_IN_ISSUER ?? env.AUTH_ISSUER;
  const problems: string[] = [];
  if (!/^https?:\/\//.test(issuer) || !URL.canParse(issuer))
    problems.push('SIGN_IN_CLIENT_ID needs SIGN_IN_ISSUER, or an AUTH_ISSUER that is a URL');
  for (const origin of env.SIGN_IN_ORIGINS)
    if (URL.parse(origin)?.origin !== origin)
      problems.push(
        `SIGN_IN_ORIGINS: ${JSON.stringify(origin)} is not an origin such as https://login.example`,
      );
  if (problems.length > 0) throw new EnvironmentError(problems);
  return {
    issuer,
    clientId,
    scope: env.SIGN_IN_SCOPE,
    resource: env.SIGN_IN_RESOURCE ?? null,
    origins: env.SIGN_IN_ORIGINS,
  };
}
