import { type Readiness, withDeadline } from '@giggityflix/kernel';
import { Gauge, type Registry } from './metrics.ts';

/** How long a scrape waits for a store, in milliseconds; one that has not answered by then is down. */
const ANSWER_MS = 600;

/** A store whose readiness says whether it can be used now. */
export interface ReportedStore {
  ready(): Readiness | Promise<Readiness>;
}

/** Reports at every scrape which of the stores that a service needs can be used, as `store_up` by name. */
export function reportStores(registry: Registry, stores: Readonly<Record<string, ReportedStore>>): void {
  new Gauge({
    name: 'store_up',
    help: 'Whether a store that this service needs answers it, by store',
    labelNames: ['store'],
    registers: [registry],
    async collect() {
      const reported = Object.entries(stores).map(async ([store, { ready }]) => {
        this.set({ store }, (await isUp(ready)) ? 1 : 0);
      });
      await Promise.all(reported);
    },
  });
}

async function isUp(ready: ReportedStore['ready']): Promise<boolean> {
  try {
    return (await withDeadline(Promise.resolve(ready()), ANSWER_MS, 'asking a store')).ready;
  } catch {
    return false;
  }
}
