import { Counter, Gauge, type Registry } from '@giggityflix/telemetry';
import type { Arrivals } from './arrivals.ts';

export interface CatalogMetrics {
  ingested: Counter<'event'>;
}

export function createCatalogMetrics(
  registry: Registry,
  arrivals: Pick<Arrivals, 'awaited'>,
): CatalogMetrics {
  new Gauge({
    name: 'catalog_awaited_files',
    help: 'Files asked for whose description has not arrived yet',
    registers: [registry],
    collect() {
      this.set(arrivals.awaited);
    },
  });
  return {
    ingested: new Counter({
      name: 'catalog_events_ingested_total',
      help: 'Events taken into the catalog',
      labelNames: ['event'],
      registers: [registry],
    }),
  };
}
