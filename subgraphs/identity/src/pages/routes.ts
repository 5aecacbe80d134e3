// cspell:ignore BCDF GHJK BCDFGHJKLMNPQRSTVWXZ
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tooMany } from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type OpenIdProvider, PROVIDER_PATHS } from '../provider/provider.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { html, inWords, page } from './html.ts';
import { PREFILLED } from './provider-pages.ts';

/** The characters of a device's code, and the line between them. */
const USER_CODE = /^[BCDFGHJKLMNPQRSTVWXZ]{4}-?[BCDFGHJKLMNPQRSTVWXZ]{4}$/i;

const ASSETS: Readonly<Record<string, { type: string; url: () => URL }>> = {
  '/assets/pages.css': {
    type: 'text/css; charset=utf-8',
    url: () => new URL('../assets/pages.css', import.meta.url),
  },
  '/assets/icon.svg': {
    type: 'image/svg+xml',
    url: () => new URL('../assets/icon.svg', import.meta.url),
  },
  '/assets/passkey.js': {
    type: 'text/javascript; charset=utf-8',
    url: () => new URL('../assets/passkey.js', import.meta.url),
  },
  '/assets/webauthn.js': {
    type: 'text/javascript; charset=utf-8',
    // The package's own bundle for pages, beside its modules.
    url: () => new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser')),
  },
};

/** What the provider's library answers, and the files of the pages. */
export function createProviderRoutes(
  app: FastifyInstance,
  deps: {
    issuer: string;
    provider: OpenIdProvider;
    signIn: SignIn;
    /** Of requests that write, by address. */
    addresses: RateLimiter;
    headers: Readonly<Record<string, string>>;
    addressOf(request: IncomingMessage): string;
  },
): void {
  const { provider, signIn, headers } = deps;
  for (const [path, { type, url }] of Object.entries(ASSETS))
    app.get(path, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=3600')
        .send(await readFile(url())),
    );

  /** The code of a device as a picture of the link that approves it, for the device to show. */
  app.get<{ Querystring: { user_code?: unknown } }>(
    '/device/qr',
    { config: { embeddable: true } },
    async (request, reply) => {
      const code = request.query.user_code;
      if (typeof code !== 'string' || !USER_CODE.test(code))
        return reply
          .code(400)
          .type('text/plain')
          .send('user_code: expected the code of a device, such as BCDF-GHJK');
      const link = `${deps.issuer}/device?user_code=${encodeURIComponent(code.toUpperCase())}`;
      const { default: qrcode } = await import('qrcode');
      return reply
        .type('image/svg+xml')
        .header('cache-control', 'public, max-age=600')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(await qrcode.toString(link, { type: 'svg', margin: 4, errorCorrectionLevel: 'M' }));
    },
  );

  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    for (const [name, value] of Object.entries(headers))
      if (name !== 'content-type') reply.raw.setHeader(name, value);
    reply.raw.setHeader('x-request-id', String(request.id));
    reply.hijack();
    await provider.handle(request.raw, reply.raw);
  };

  app.register(async (scope) => {
    // The library reads bodies itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.addHook('onError', (request, _reply, error, done) => {
      request.log.error({ err: error }, 'a request to the OpenID provider failed');
      done();
    });
    for (const url of PROVIDER_PATHS)
      scope.route({
        method: ['GET', 'POST', 'OPTIONS'],
        url,
        async handler(request, reply) {
          const isForm = request.method === 'POST' && !url.startsWith('/token');
          if (isForm) {
            const waitS = deps.addresses.take(deps.addressOf(request.raw));
            if (waitS !== null) throw tooMany('requests of one address', waitS);
          }
          if (url !== '/device') return answer(request, reply);
          const { user_code: code } = request.query as { user_code?: unknown };
          if (request.method === 'GET' && code !== undefined) {
            // Shown in our form, where the library would send a form by a script.
            const isCode = typeof code === 'string' && USER_CODE.test(code);
            Object.assign(request.raw, { url: '/device', [PREFILLED]: isCode ? code.toUpperCase() : '' });
          }
          if (request.method === 'POST') {
            const waitMs = await signIn.codeGuessed(deps.addressOf(request.raw));
            if (waitMs > 0)
              return reply
                .code(429)
                .headers(headers)
                .header('retry-after', String(Math.ceil(waitMs / 1_000)))
                .send(
                  page({
                    title: 'Too many codes',
                    body: html`<p>Too many codes were wrong. Try again ${inWords(waitMs)}.</p>`,
                  }),
                );
          }
          return answer(request, reply);
        },
      });
  });
}
