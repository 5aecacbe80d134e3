import { ids } from '@giggityflix/bus';
import { z } from 'zod';
import { MAX_POSITION_SECONDS } from '../sessions/session.ts';

export const position = z.number().min(0).max(MAX_POSITION_SECONDS);
const id = ids.opaqueId;

/** Bodies of requests. Members that are not named here are ignored, as JSON APIs do. */
export const newSessionBody = z.object({
  user_id: id.describe('The account; a viewer may name only itself'),
  profile_id: id.describe('A token of one profile uses that one alone, and need not name it'),
  content_id: id.describe('The catalog id of a file'),
  device_id: id,
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, 'expected two capital letters, as ISO 3166-1 alpha-2 has them')
    .nullish()
    .describe('ISO 3166-1 alpha-2'),
});
/** Of a token that names a profile. */
export const newSessionOfProfileBody = newSessionBody.extend({ profile_id: id.nullish() });
export const heartbeatBody = z.object({ position: position.describe('Playback position in seconds') });
export const tokenBody = z.object({ token: z.string().min(1).max(16_384) });

/** Bodies of answers. */
export const sessionBody = z.object({
  session_id: z.string(),
  user_id: z.string(),
  profile_id: z.string(),
  content_id: z.string(),
  device_id: z.string(),
  status: z.enum(['active', 'paused', 'stopped', 'terminated', 'expired']),
  started_at: z.iso.datetime(),
  last_heartbeat: z.iso.datetime(),
  position: z.number().min(0),
});
export const createdBody = z.object({ session: sessionBody, playback_token: z.string() });
export const statusBody = z.object({ status: z.string() });
export const heartbeatAnswerBody = statusBody.extend({
  playback_token: z.string().describe('A new token that lives minutes, for the peer that serves the session'),
});
export const claimsBody = z.object({
  session_id: z.string(),
  user_id: z.string(),
  profile_id: z.string(),
  content_id: z.string(),
  device_id: z.string(),
});
export const verdictBody = z.object({
  valid: z.boolean(),
  claims: claimsBody.optional(),
  reason: z.string().optional(),
});
export const refreshedBody = z.object({ token: z.string() });
export const concurrencyBody = z.object({
  user_id: z.string(),
  active_stream_count: z.int().min(0),
  max_concurrent_streams: z.int().min(0),
  active_sessions: z.array(z.string()),
});
export const demotedPeersBody = z.object({
  demoted_peers: z.array(
    z.object({
      peer_id: z.string(),
      reason: z.enum(['not_proven']).describe('What players reported: it sent what is not of the file'),
      since: z.iso.datetime(),
      until: z.iso.datetime(),
      reporting_accounts: z.int().min(1).describe('How many accounts reported it, up to 100'),
    }),
  ),
});
export const problemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
});
