import type { Logger } from '@giggityflix/kernel';
import type { ViewingMetrics } from '../metrics.ts';
import type { Session } from '../sessions/session.ts';
import { accountOf } from '../signalling/account.ts';
import type { SourceProblem } from '../signalling/negotiations.ts';
import type { DemotionStore } from './demotions.ts';

/** What a player says of a peer that it left. */
export interface SourceReport {
  session: Session;
  peerId: string;
  problem: SourceProblem;
}

/** Counts what players say of the peers they leave, and demotes those that sent what is not of the file. */
export function createSourceReports(deps: {
  demotions: DemotionStore;
  metrics: Pick<ViewingMetrics, 'sourceProblems'>;
  logger: Logger;
}): (report: SourceReport) => Promise<void> {
  const { demotions, metrics, logger } = deps;
  return async ({ session, peerId, problem }) => {
    metrics.sourceProblems.inc({ problem });
    const account = accountOf(session.userId);
    // Slow and stalled are often the viewer's own network.
    const outcome =
      problem === 'not_proven' ? await demotions.report({ peerId, account, reason: problem }) : 'noted';
    logger.info(
      { peerId, problem, outcome, sessionId: session.id, catalogId: session.catalogId },
      'a player left a peer',
    );
  };
}
