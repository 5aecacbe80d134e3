import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { registerSignIn, type SignInConfig, signInOrigins } from './sign-in.ts';

/** What a page of ours may load and talk to: this server, WebRTC peers, and nothing of anyone else's. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};
const PAGE_POLICY = {
  ...POLICY,
  'require-trusted-types-for': "'script'",
  'trusted-types': 'giggityflix',
};
/** What draws subtitles is WebAssembly, in a worker of its own; the page itself compiles none. */
const ASS_WORKER_POLICY = { ...POLICY, 'script-src': "'self' 'wasm-unsafe-eval'" };
const ASS_WORKER = /^\/ass\/ass-worker(-[A-Z0-9]{8})?\.js$/;
/** GraphiQL's editor sets styles in its markup, loads fonts from its style sheet, and makes policies of its own. */
const GRAPHIQL_POLICY = {
  ...POLICY,
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
  'worker-src': "'self' blob:",
};

/** The `Content-Security-Policy` of a path; `reach` are origins that pages may talk to beside their own. */
export function policyOf(path: string, reach: readonly string[] = []): string {
  if (path.startsWith('/graphiql')) return policyText(GRAPHIQL_POLICY);
  if (ASS_WORKER.test(path)) return policyText(ASS_WORKER_POLICY);
  return policyText({ ...PAGE_POLICY, 'connect-src': ["'self'", ...reach].join(' ') });
}

function policyText(policy: Readonly<Record<string, string>>): string {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

/** Names of bundled assets carry a digest of their content, or are revalidated each time. */
const DIGESTED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

/**
 * Serves the viewer at `/` and GraphiQL at `/graphiql/` from a directory of built files. Without a directory, `/`
 * says that there is none.
 */
export async function registerWeb(
  app: FastifyInstance,
  options: {
    root: string | null;
    graphiql: boolean;
    signIn: SignInConfig | null;
    knowsPeople(): boolean;
  },
): Promise<void> {
  const { root } = options;
  if (root === null || !existsSync(join(root, 'index.html'))) {
    const message =
      root === null
        ? 'This gateway serves the API only: GraphQL is at /graphql. Set GATEWAY_WEB_ROOT to serve the viewer.\n'
        : `There is no viewer in ${root}: build it with "npm run build -w web". GraphQL is at /graphql.\n`;
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(message));
    return;
  }
  registerSignIn(app, options.signIn, options.knowsPeople);
  const reach = signInOrigins(options.signIn);
  const { fastifyStatic } = await import('@fastify/static');
  await app.register(fastifyStatic, {
    root,
    index: ['index.html'],
    redirect: true,
    cacheControl: false,
    dotfiles: 'deny',
    allowedPath: (path) => options.graphiql || !path.startsWith('/graphiql'),
    // The build writes `.br` and `.gz` beside what gets smaller by it.
    preCompressed: true,
    setHeaders(reply) {
      const path = reply.request.url.split('?')[0] ?? '';
      reply.header('content-security-policy', policyOf(path, reach));
      reply.header('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
      reply.header('x-content-type-options', 'nosniff');
      reply.header('referrer-policy', 'no-referrer');
      reply.header('cross-origin-opener-policy', 'same-origin');
      reply.header('cache-control', DIGESTED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      if (path === '/sw.js') reply.header('service-worker-allowed', '/');
    },
  });
  if (options.graphiql)
    app.get('/graphiql', (_request, reply: FastifyReply) => reply.redirect('/graphiql/', 302));
}
