import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from './html.ts';

/** Largest form, in bytes: a name that is far too long, in whatever letters, still gets an answer that says so. */
const FORM_LIMIT = 262_144;
const COOKIE_S = 86_400;

/** Names that no other site can guess, in each form: one that another page sends is not taken. */
export interface Forms {
  /** The hidden field of a form on the page that is sent now. */
  field(request: FastifyRequest, reply: FastifyReply): Html;
  /** Whether a form came from one of our pages in this browser. */
  isOurs(request: FastifyRequest): boolean;
  /** What only this browser knows, once it had a page with a form. */
  browser(request: FastifyRequest): string | null;
}

export function createForms(deps: { isSecure: boolean; key(): string }): Forms {
  const name = deps.isSecure ? '__Host-giggityflix-form' : 'giggityflix-form';
  const tokenOf = (value: string) =>
    createHmac('sha256', deps.key()).update(`form ${value}`).digest('base64url');
  return {
    field(request, reply) {
      let value = cookieOf(request, name);
      if (!value) {
        value = randomBytes(18).toString('base64url');
        const attributes = `Path=/; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Lax${deps.isSecure ? '; Secure' : ''}`;
        reply.header('set-cookie', `${name}=${value}; ${attributes}`);
      }
      return html`<input type="hidden" name="form_token" value="${tokenOf(value)}">`;
    },
    browser: (request) => cookieOf(request, name),
    isOurs(request) {
      const value = cookieOf(request, name);
      const given = Buffer.from(formOf(request).form_token ?? '');
      const expected = Buffer.from(tokenOf(value ?? ''));
      return value !== null && given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** Forms arrive as their fields; the last one of a name counts. */
export function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
}

export function formOf(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return (request.body ?? {}) as Record<string, string | undefined>;
}

function cookieOf(request: FastifyRequest, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value = ''] = part.trim().split('=');
    if (key === name && /^[\w-]{24}$/.test(value)) return value;
  }
  return null;
}
