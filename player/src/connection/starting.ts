import type { Platform } from '../ports/platform.ts';
import type { CreatedSession } from '../session/operations.ts';
import { createPlaybackSession } from '../session/session.ts';
import { createOffering, type Offering } from './offering.ts';

/**
 * Creates a session, with an offer to its first peer where the platform can offer ahead; the offering is the caller's, to be used or
 * discarded.
 *
 * @throws PlaybackRefused, GraphQLRequestError
 */
export async function startSession(
  platform: Platform,
  wanted: { catalogId: string; deviceId: string; profileId?: string | undefined },
): Promise<{ created: CreatedSession; offering: Offering | null }> {
  const offering = createOffering(platform);
  try {
    const offer = await offering?.offer.catch(() => undefined);
    const created = await createPlaybackSession(platform.graphql, { ...wanted, offer });
    return { created, offering };
  } catch (error) {
    offering?.discard();
    throw error;
  }
}
