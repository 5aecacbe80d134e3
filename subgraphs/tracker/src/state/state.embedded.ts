import { migrateSqlite, openSqlite } from '@giggityflix/state';
import { createAllowance } from '../availability/allowance.ts';
import { createLedger } from '../availability/ledger.embedded.ts';
import { createEmbeddedOutbox } from '../availability/outbox.embedded.ts';
import { createUnpublished } from '../availability/unpublished.embedded.ts';
import { createEmbeddedFiles } from '../files/files.embedded.ts';
import { createEmbeddedMembership } from '../membership/membership.embedded.ts';
import { createChecks } from '../registry/checks.embedded.ts';
import { createHoldings } from '../registry/holdings.embedded.ts';
import { createEmbeddedRegistry } from '../registry/registry.embedded.ts';
import { createEmbeddedSubscriptions } from '../subscriptions/subscriptions.embedded.ts';
import { MIGRATIONS } from './schema.embedded.ts';
import type { StateOptions, TrackerState } from './state.ts';

/** The tracker's state in a SQLite file, shared by the processes of one machine. */
export function createEmbeddedState(options: StateOptions & { path: string }): TrackerState {
  const { connectionTimeoutMs, now = Date.now } = options;
  // NORMAL survives the crash of a process; after a power cut the peers announce themselves again anyway.
  const database = openSqlite(options.path, { synchronous: 'NORMAL', takesBursts: true });
  migrateSqlite(database, MIGRATIONS);
  const unpublished = createUnpublished({ database, now, onDue: () => outbox.appended() });
  const ledger = createLedger({ database, now, unpublished, allowance: createAllowance(now) });
  const outbox = createEmbeddedOutbox({ database, now, unpublished, publish: ledger.publish });
  const { appended } = outbox;
  const checks = createChecks({ database, now });
  const holdings = createHoldings({ database, ledger, checks, now });
  return {
    registry: createEmbeddedRegistry({ database, holdings, checks, now, connectionTimeoutMs, appended }),
    outbox,
    subscriptions: createEmbeddedSubscriptions({ database, ledger, now, appended }),
    files: createEmbeddedFiles({ database, now }),
    membership: createEmbeddedMembership({ database, now }),
    async start() {},
    async stop() {
      database.close();
    },
    async check() {
      database.prepare('SELECT 1').get();
    },
  };
}
