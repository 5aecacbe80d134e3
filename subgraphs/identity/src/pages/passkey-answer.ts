import type { FastifyRequest } from 'fastify';
import { formOf } from './forms.ts';

/** What an authenticator answered, as the page's script puts it into the form; null where that is nothing. */
export function passkeyAnswer(request: FastifyRequest): unknown {
  try {
    return JSON.parse(formOf(request).answer ?? '');
  } catch {
    return null;
  }
}
