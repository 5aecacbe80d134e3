import { HttpProblem, type Identity } from '@giggityflix/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ForeignProfile, profileOf, type Viewer, viewerOf } from '../access/viewer.ts';
import type { Playback } from '../playback/playback.ts';
import type { Session } from '../sessions/session.ts';
import type { ActRequest, ActResult } from '../sessions/store.ts';
import type { PlaybackTokens } from '../tokens/tokens.ts';
import {
  heartbeatBody,
  newSessionBody,
  newSessionOfProfileBody,
  type sessionBody,
  tokenBody,
} from './bodies.ts';
import { openApiDocument } from './openapi.ts';

/** How long verifiers may keep the key set, in seconds; well below the time a key is published before it signs. */
const JWKS_MAX_AGE_S = 300;

const ACTIONS = [
  { method: 'POST', action: 'pause' },
  { method: 'POST', action: 'resume' },
  { method: 'POST', action: 'stop' },
  { method: 'DELETE', action: 'terminate' },
] as const satisfies readonly { method: string; action: ActRequest['action'] }[];

interface SessionParams {
  Params: { sessionId: string };
}

/** The documented HTTP API. `identify` says who asks, and answers 401 or 429 itself. */
export function registerRoutes(
  app: FastifyInstance,
  deps: {
    playback: Playback;
    tokens: PlaybackTokens;
    identify(request: FastifyRequest): Promise<Identity>;
    limitUser(userId: string): void;
  },
): void {
  const { playback, tokens, identify, limitUser } = deps;
  /** The account a request acts for; a backend of the platform acts for any. */
  const actorOf = async (request: FastifyRequest): Promise<Viewer | null> => {
    const identity = await identify(request);
    if (identity.roles.includes('service')) return null;
    limitUser(identity.userId);
    return viewerOf(identity);
  };

  app.post('/api/playback/session', async (request, reply) => {
    const actor = await actorOf(request);
    const body = parse(actor?.profileId ? newSessionOfProfileBody : newSessionBody, request.body);
    if (actor !== null && actor.userId !== body.user_id)
      throw new HttpProblem(403, 'Forbidden', { detail: 'user_id is not the account that asks' });
    if (actor === null) limitUser(body.user_id);
    const profileId = ownProfile(actor, body.profile_id);
    const created = await playback.create({
      userId: body.user_id,
      profileId,
      catalogId: body.content_id,
      deviceId: body.device_id,
      region: body.region ?? null,
      viewer: actor,
    });
    switch (created.outcome) {
      case 'created':
        reply.code(201).header('location', `/api/playback/session/${created.session.id}`);
        return { session: toBody(created.session), playback_token: created.playbackToken };
      case 'not_entitled':
        throw new HttpProblem(403, 'Not Entitled', { detail: created.reason });
      case 'unknown_content':
        throw new HttpProblem(404, 'Unknown Content', { detail: 'there is no content with this content_id' });
      case 'no_peer':
        throw new HttpProblem(409, 'Content Unavailable', { detail: 'no peer has the content now' });
      case 'limit_reached':
        throw new HttpProblem(429, 'Concurrency Limit Reached', {
          detail: `the account may have ${created.limit} streams at once`,
          members: {
            max_concurrent_streams: created.limit,
            active_sessions: created.live.map(({ id }) => id),
          },
        });
    }
  });

  app.get<SessionParams>('/api/playback/session/:sessionId', async (request) => {
    const session = await playback.get(request.params.sessionId, await actorOf(request));
    if (!session) throw sessionNotFound();
    return toBody(session);
  });

  app.post<SessionParams>('/api/playback/session/:sessionId/heartbeat', async (request) => {
    const actor = await actorOf(request);
    const { position } = parse(heartbeatBody, request.body);
    const session = unwrap(
      await playback.act(request.params.sessionId, actor, 'heartbeat', position),
      'heartbeat',
    );
    return { status: 'ok', playback_token: await playback.renewToken(session) };
  });

  for (const { method, action } of ACTIONS) {
    app.route<SessionParams>({
      method,
      url: `/api/playback/session/:sessionId/${action}`,
      handler: async (request) => {
        const actor = await actorOf(request);
        const session = unwrap(await playback.act(request.params.sessionId, actor, action), action);
        return { status: session.status };
      },
    });
  }

  app.post('/api/playback/token/validate', async (request) => {
    await actorOf(request);
    const { token } = parse(tokenBody, request.body);
    const verdict = await playback.validate(token);
    if (!verdict.valid) return verdict;
    const { session_id, user_id, profile_id, content_id, device_id } = verdict.claims;
    return { valid: true, claims: { session_id, user_id, profile_id, content_id, device_id } };
  });

  app.post('/api/playback/token/refresh', async (request) => {
    const actor = await actorOf(request);
    const { token } = parse(tokenBody, request.body);
    const refreshed = await playback.refresh(token, actor);
    if (refreshed === null)
      throw new HttpProblem(401, 'Unauthorized', { detail: 'the token cannot be refreshed' });
    return { token: refreshed };
  });

  app.get<{ Params: { userId: string } }>('/api/concurrency/:userId', async (request) => {
    const { userId } = request.params;
    const actor = await actorOf(request);
    if (actor !== null && actor.userId !== userId)
      throw new HttpProblem(403, 'Forbidden', { detail: 'another account’s streams are not shown' });
    const { limit, live } = await playback.concurrency(userId);
    return {
      user_id: userId,
      active_stream_count: live.length,
      max_concurrent_streams: limit,
      active_sessions: live.map(({ id }) => id),
    };
  });

  app.get('/.well-known/jwks.json', async (_request, reply: FastifyReply) => {
    reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_S}`);
    return tokens.jwks();
  });

  app.get('/openapi.json', async () => openApiDocument);
}

/** @throws HttpProblem 403 when the token is for another profile. */
function ownProfile(actor: Viewer | null, named: string | null | undefined): string {
  try {
    // What names none is of a token that does.
    return profileOf(actor ?? { profileId: null }, named) ?? '';
  } catch (error) {
    if (!(error instanceof ForeignProfile)) throw error;
    throw new HttpProblem(403, 'Forbidden', { detail: error.message });
  }
}

function toBody(session: Session): z.infer<typeof sessionBody> {
  return {
    session_id: session.id,
    user_id: session.userId,
    profile_id: session.profileId,
    content_id: session.catalogId,
    device_id: session.deviceId,
    status: session.status,
    started_at: new Date(session.startedAt).toISOString(),
    last_heartbeat: new Date(session.lastHeartbeatAt).toISOString(),
    position: session.position,
  };
}

function unwrap(acted: ActResult, action: ActRequest['action']): Session {
  if (acted.outcome === 'done') return acted.session;
  if (acted.outcome === 'not_found') throw sessionNotFound();
  throw new HttpProblem(409, 'Transition Not Allowed', {
    detail: `${action} is not allowed: the session is ${acted.status}`,
    members: { state: acted.status },
  });
}

function sessionNotFound(): HttpProblem {
  return new HttpProblem(404, 'Not Found', { detail: 'there is no such session' });
}

/** @throws HttpProblem 400 naming every member that is wrong by its JSON Pointer (RFC 6901); the body's own is empty. */
function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    pointer: issue.path.map((step) => `/${String(step)}`).join(''),
    detail: issue.message,
  }));
  throw new HttpProblem(400, 'Bad Request', {
    detail: errors.map(({ pointer, detail }) => `${pointer || 'the body'}: ${detail}`).join('; '),
    members: { errors },
  });
}
