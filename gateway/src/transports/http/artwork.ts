import { HttpProblem } from '@giggityflix/http';
import type { FastifyInstance } from 'fastify';
import { Pool } from 'undici';

/** How long the catalog may take for a picture, in milliseconds. */
const TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 16;
/** What of the request and the answer passes; nothing else does, credentials least of all. */
const FORWARDED = ['if-none-match', 'if-modified-since', 'accept'] as const;
const RETURNED = ['content-type', 'content-length', 'etag', 'last-modified', 'cache-control'] as const;

/** Types of pictures; an answer of any other kind is not handed out on this origin. */
const TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/webp', 'image/avif'];
/** Opened by itself, a picture is a page of no origin that may do nothing. */
const POLICY = "default-src 'none'; sandbox";

/** Hands out the catalog's pictures, so that clients need only know the gateway. `origin` is the catalog's. */
export function registerArtwork(app: FastifyInstance, origin: string): void {
  const pool = new Pool(origin, {
    connections: MAX_CONNECTIONS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    keepAliveTimeout: 60_000,
  });
  app.addHook('onClose', () => pool.destroy());
  app.get('/artwork/*', { config: { embeddable: true } }, async (request, reply) => {
    const headers: Record<string, string> = { 'x-request-id': request.id };
    for (const name of FORWARDED) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const path = request.url;
    const answer = await pool.request({ method: 'GET', path, headers }).catch((error: Error) => {
      request.log.warn({ err: error }, 'the catalog does not answer');
      throw new HttpProblem(502, 'Bad Gateway', { detail: 'the catalog does not answer' });
    });
    const type =
      String(answer.headers['content-type'] ?? '')
        .split(';')[0]
        ?.trim()
        .toLowerCase() ?? '';
    const isProblem = answer.statusCode >= 400 && type === 'application/problem+json';
    if (answer.statusCode !== 304 && !isProblem && !TYPES.includes(type)) {
      void answer.body.dump().catch(() => {});
      request.log.warn({ type }, 'the catalog answers with something that is no picture');
      throw new HttpProblem(502, 'Bad Gateway', { detail: 'the answer of the catalog is no picture' });
    }
    reply.code(answer.statusCode).headers({
      'x-content-type-options': 'nosniff',
      'content-security-policy': POLICY,
    });
    for (const name of RETURNED) {
      const value = answer.headers[name];
      if (value !== undefined) reply.header(name, value);
    }
    return reply.send(answer.body);
  });
}
