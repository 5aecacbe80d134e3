import {
  type Authenticator,
  clientAddress,
  HttpProblem,
  type HttpServer,
  isLimited,
  networkOf,
  type TrustedProxies,
  tooMany,
} from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FileRegistry } from './files.ts';

/** The longest name common file systems allow. */
const MAX_FILENAME_BYTES = 255;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** A name, never a path: whoever stores a file under it must not leave the folder. */
const filename = z
  .string({ error: textError('filename') })
  .min(1, 'filename is empty')
  .refine(
    (name) => Buffer.byteLength(name) <= MAX_FILENAME_BYTES,
    `filename exceeds ${MAX_FILENAME_BYTES} bytes`,
  )
  .refine((name) => !/\p{Cc}/u.test(name), 'filename contains control characters')
  .refine((name) => !/[/\\]/.test(name) && name !== '.' && name !== '..', 'filename is a path, not a name')
  .refine((name) => name.isWellFormed(), 'filename is not well-formed Unicode');
const hash = z
  .string({ error: textError('hash') })
  .regex(/^[A-Za-z0-9+/=:_.-]{1,256}$/, 'hash is 1 to 256 letters, digits or any of +/=:_.-');

const named = z.object({ filename });
const added = z.object({ filename, hash });
const page = z.object({
  limit: z.coerce
    .number({ error: `limit is a number from 1 to ${MAX_PAGE}` })
    .int()
    .min(1, `limit is a number from 1 to ${MAX_PAGE}`)
    .max(MAX_PAGE, `limit is a number from 1 to ${MAX_PAGE}`)
    .default(DEFAULT_PAGE),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,400}$/, 'cursor was not given by this server')
    .transform((text) => Buffer.from(text, 'base64url').toString())
    .optional(),
});

/** The routes of the tracker server; `POST` takes query parameters and a JSON body alike. */
export function addRegistryRoutes(options: {
  http: HttpServer;
  files: FileRegistry;
  trustedProxies: TrustedProxies;
  authenticator: Authenticator;
  /** Limits what one network changes. */
  changes: RateLimiter;
}): void {
  const { app } = options.http;
  const { files, trustedProxies, changes, authenticator } = options;
  /** Nobody knows which films these files are of: for someone who is limited there are none. Others need no credentials here. */
  const isHidden = async ({ headers: { authorization } }: FastifyRequest): Promise<boolean> => {
    if (!authorization) return false;
    const identity = await authenticator.authenticate(authorization).catch(() => null);
    return identity !== null && isLimited(identity.limits);
  };
  /** The address that changes something. @throws HttpProblem 429 */
  const changer = (request: FastifyRequest): string => {
    const address = clientAddress(request, trustedProxies);
    const seconds = changes.take(networkOf(address));
    if (seconds === null) return address;
    throw tooMany('changes of one address', seconds);
  };
  allowEmptyJson(options.http);

  app.get('/', async () => ({ status: 'ok' }));

  app.get('/peers', async (request) => {
    const input = parse(named, request.query);
    const peers = (await isHidden(request)) ? [] : await files.peers(input.filename);
    return {
      filename: input.filename,
      peers: peers.map(({ ip, hash, registeredAt }) => ({ ip, hash, registered_at: registeredAt })),
    };
  });

  app.post('/add', async (request) => {
    const input = parse(added, given(request));
    const ip = changer(request);
    const result = await files.add({ ...input, ip });
    if (result.status === 'conflict')
      throw new HttpProblem(409, 'Conflict', {
        detail: 'the file is known under another hash',
        members: { filename: input.filename, hash: input.hash, known_hash: result.knownHash },
      });
    if (result.status === 'full')
      throw new HttpProblem(429, 'Too Many Requests', {
        detail: 'the limit of registrations for this file or from this address is reached',
      });
    return { filename: input.filename, hash: input.hash, ip };
  });

  app.post('/remove', async (request) => {
    const input = parse(named, given(request));
    const ip = changer(request);
    return { filename: input.filename, ip, removed: await files.remove(input.filename, ip) };
  });

  app.post('/peer_offline', async (request) => {
    const ip = changer(request);
    return { ip, count: await files.removeAddress(ip) };
  });

  app.get('/all_trackers', async (request) => {
    const { limit, cursor } = parse(page, request.query);
    const found = (await isHidden(request)) ? [] : await files.list({ limit: limit + 1, after: cursor });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return { files: shown, cursor: last ? Buffer.from(last.filename).toString('base64url') : null };
  });
}

function given(request: FastifyRequest): unknown {
  const { body, query } = request;
  if (body === undefined || body === null) return query;
  if (typeof body !== 'object' || Array.isArray(body))
    throw new HttpProblem(400, 'Bad Request', { detail: 'the body is not a JSON object' });
  return { ...(query as object), ...body };
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new HttpProblem(400, 'Bad Request', {
    detail: result.error.issues.map(({ message }) => message).join('; '),
  });
}

function textError(name: string) {
  return ({ input }: { input?: unknown }) =>
    input === undefined ? `${name} is required` : `${name} is given more than once or is no text`;
}

/** Clients that send every POST as JSON, with nothing in it, mean their query parameters. */
function allowEmptyJson({ app }: HttpServer): void {
  const parseJson = app.getDefaultJsonParser('error', 'ignore');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parseJson(request, body as string, done);
  });
}
