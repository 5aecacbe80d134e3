import type { Context } from '../context.ts';
import type { History } from '../history/history.ts';
import type { ViewingMetrics } from '../metrics.ts';
import type { Playback } from '../playback/playback.ts';
import type { Session } from '../sessions/session.ts';
import type { IceServer } from '../signalling/ice-servers.ts';
import type { Signalling } from '../signalling/signalling.ts';

/** What the resolvers use. */
export interface ResolverDeps {
  playback: Playback;
  signalling: Signalling;
  history: History;
  metrics: ViewingMetrics;
  iceServers(session: Session): IceServer[];
  /** @throws GraphQLError UNAUTHENTICATED, RATE_LIMITED */
  caller(context: Context): { userId: string };
}
