import { z } from 'zod';
import * as bodies from './bodies.ts';

const schemas = {
  NewSession: bodies.newSessionBody,
  Heartbeat: bodies.heartbeatBody,
  Token: bodies.tokenBody,
  Session: bodies.sessionBody,
  Created: bodies.createdBody,
  Status: bodies.statusBody,
  HeartbeatAnswer: bodies.heartbeatAnswerBody,
  Verdict: bodies.verdictBody,
  Refreshed: bodies.refreshedBody,
  Concurrency: bodies.concurrencyBody,
  DemotedPeers: bodies.demotedPeersBody,
  Problem: bodies.problemBody,
} as const;
type SchemaName = keyof typeof schemas;

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'Credentials are missing or invalid',
  403: 'Not allowed, or not entitled',
  404: 'Not found',
  409: 'Not possible in the present state',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'A limit is reached',
  503: 'Something needed for the answer cannot be reached; Retry-After says when to come back',
};

const json = (name: SchemaName) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});

function operation(options: {
  id: string;
  summary: string;
  success: [status: number, description: string, body: SchemaName | null];
  failures: readonly number[];
  body?: SchemaName;
  path?: string;
  open?: boolean;
}) {
  const [status, description, body] = options.success;
  return {
    operationId: options.id,
    summary: options.summary,
    ...(options.open ? { security: [] } : {}),
    ...(options.path
      ? { parameters: [{ name: options.path, in: 'path', required: true, schema: { type: 'string' } }] }
      : {}),
    ...(options.body ? { requestBody: { required: true, content: json(options.body) } } : {}),
    responses: {
      [status]: { description, ...(body ? { content: json(body) } : {}) },
      ...Object.fromEntries(
        options.failures.map((failure) => [
          failure,
          {
            description: PROBLEMS[failure],
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}

const ANY = [401, 429, 503];
const transition = (id: string, summary: string) =>
  operation({
    id,
    summary,
    path: 'sessionID',
    success: [200, 'The state the session is in', 'Status'],
    failures: [404, 409, ...ANY],
  });

/** The HTTP API as OpenAPI 3.1 describes it, served at `/openapi.json`. */
export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'Viewing Service',
    version: '1.0.0',
    description:
      'Playback sessions, entitlement, concurrency, tokens and lifecycle. Failures are RFC 9457 problems.',
  },
  security: [{ bearer: [] }, {}],
  paths: {
    '/health': {
      get: operation({
        id: 'health',
        summary: 'Whether the process is alive',
        success: [200, 'It is', 'Status'],
        failures: [503],
        open: true,
      }),
    },
    '/api/playback/session': {
      post: operation({
        id: 'createSession',
        summary: 'Starts a session if the account is entitled, a peer has the content, and a stream is free',
        body: 'NewSession',
        success: [201, 'The session and the token that peers ask for', 'Created'],
        failures: [400, 403, 404, 409, 413, 415, ...ANY],
      }),
    },
    '/api/playback/session/{sessionID}': {
      get: operation({
        id: 'getSession',
        summary: 'A session, live or lately ended',
        path: 'sessionID',
        success: [200, 'The session', 'Session'],
        failures: [404, ...ANY],
      }),
    },
    '/api/playback/session/{sessionID}/heartbeat': {
      post: operation({
        id: 'heartbeat',
        summary: 'Renews the session’s lease and reports the position',
        path: 'sessionID',
        body: 'Heartbeat',
        success: [200, 'The lease is renewed', 'HeartbeatAnswer'],
        failures: [400, 404, 409, 413, 415, ...ANY],
      }),
    },
    '/api/playback/session/{sessionID}/pause': { post: transition('pause', 'Pauses; the slot stays taken') },
    '/api/playback/session/{sessionID}/resume': { post: transition('resume', 'Plays on') },
    '/api/playback/session/{sessionID}/stop': {
      post: transition('stop', 'Ends the session and frees its slot'),
    },
    '/api/playback/session/{sessionID}/terminate': {
      delete: transition('terminate', 'Ends the session as completed and frees its slot'),
    },
    '/api/playback/token/validate': {
      post: operation({
        id: 'validateToken',
        summary: 'Says whether a playback token holds, and why not',
        body: 'Token',
        success: [200, 'The verdict', 'Verdict'],
        failures: [400, 413, 415, ...ANY],
      }),
    },
    '/api/playback/token/refresh': {
      post: operation({
        id: 'refreshToken',
        summary: 'Trades the token of a live session for a new one',
        body: 'Token',
        success: [200, 'The new token', 'Refreshed'],
        failures: [400, 413, 415, ...ANY],
      }),
    },
    '/api/concurrency/{userID}': {
      get: operation({
        id: 'concurrency',
        summary: 'How many streams an account has, and may have',
        path: 'userID',
        success: [200, 'The streams', 'Concurrency'],
        failures: [403, 404, ...ANY],
      }),
    },
    '/api/playback/demoted-peers': {
      get: operation({
        id: 'demotedPeers',
        summary: 'Peers that are chosen last because of what players reported of them; for operators',
        success: [200, 'The peers, those reported last first', 'DemotedPeers'],
        failures: [403, ...ANY],
      }),
    },
    '/.well-known/jwks.json': {
      get: operation({
        id: 'jwks',
        summary: 'The keys playback tokens are signed with (RFC 7517)',
        success: [200, 'A JWK Set', null],
        failures: [503],
        open: true,
      }),
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    schemas: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => {
        const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
        return [name, rest];
      }),
    ),
  },
};
