import { list } from '@giggityflix/kernel';
import type { z } from 'zod';
import type { OriginGuardOptions } from './origin-guard.ts';

/** The variables of a listener that browsers reach. */
export const originVariables = {
  ALLOWED_HOSTS: list('').meta({
    description:
      'Names under which this is reached, comma-separated, with a port where that is not the usual one; list those of a reverse proxy. Where everyone is let in, or it listens on loopback, others are refused, but for those of local networks',
  }),
  ALLOWED_ORIGINS: list('').meta({
    description:
      'Origins of web pages that may send requests, comma-separated; * for any. Its own pages always may',
  }),
};

export type OriginConfig = Omit<OriginGuardOptions, 'listensOn'>;

/** Turns parsed {@link originVariables} into the guard's options; demo authentication admits everyone. */
export function originConfig(
  env: z.output<z.ZodObject<typeof originVariables>> & { AUTH_MODE: 'jwt' | 'demo' },
): OriginConfig {
  return {
    hosts: env.ALLOWED_HOSTS,
    origins: env.ALLOWED_ORIGINS,
    admitsEveryone: env.AUTH_MODE === 'demo',
  };
}
