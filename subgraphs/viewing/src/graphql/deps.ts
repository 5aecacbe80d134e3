import type { AccessChecks } from '@giggityflix/http/access';
import type { Logger } from '@giggityflix/kernel';
import type { Viewer } from '../access/viewer.ts';
import type { Context } from '../context.ts';
import type { SourceReport } from '../demotions/source-reports.ts';
import type { History } from '../history/history.ts';
import type { ViewingMetrics } from '../metrics.ts';
import type { Playback } from '../playback/playback.ts';
import type { Session } from '../sessions/session.ts';
import type { IceServer } from '../signalling/ice-servers.ts';
import type { Signalling } from '../signalling/signalling.ts';
import type { Watchlist } from '../watchlist/watchlist.ts';

/** What the resolvers use. */
export interface ResolverDeps {
  playback: Playback;
  signalling: Signalling;
  reportSource(report: SourceReport): Promise<void>;
  history: History;
  watchlist: Watchlist;
  checks: AccessChecks;
  metrics: ViewingMetrics;
  logger: Logger;
  iceServers(session: Session): IceServer[];
  /** Sources a session may have. */
  maxSources: number;
  /** @throws GraphQLError UNAUTHENTICATED, RATE_LIMITED */
  caller(context: Context): Viewer;
}
