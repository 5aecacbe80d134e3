import { z } from 'zod';
import { opaqueId, timestamp } from './values.ts';

export const ACCESS_CHANGES = ['closed', 'limited', 'signed_out', 'revoked', 'limits_changed'] as const;

/** What an account, or one of its devices, was given is not what it may have any more. */
export const identityAccessChanged = z.object({
  event_id: opaqueId,
  account_id: opaqueId,
  /** Null for all devices of the account. */
  device_id: opaqueId.nullable(),
  change: z.enum(ACCESS_CHANGES),
  /** Tokens issued before this time are refused: milliseconds since 1970. */
  tokens_before: z.int().min(0),
  /** With `limits_changed`: within which limits each device now is. One that is not named may see nothing. */
  limits: z
    .array(
      z.object({
        device_id: opaqueId,
        /** Ids of libraries; null does not limit. */
        libraries: z.array(z.string()).nullable(),
        /** An age; null does not limit. */
        rating_limit: z.number().nullable(),
      }),
    )
    .optional(),
  /** With `limits_changed` of all devices: the profiles that the account has now. What others had is nobody's any more. */
  profile_ids: z.array(opaqueId).optional(),
  timestamp,
});

export type AccessChange = (typeof ACCESS_CHANGES)[number];
export type IdentityAccessChanged = z.infer<typeof identityAccessChanged>;
