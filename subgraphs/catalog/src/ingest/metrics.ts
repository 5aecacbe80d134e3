import { Counter, Gauge, type Registry } from '@giggityflix/telemetry';
import type { Arrivals } from './arrivals.ts';

export interface CatalogMetrics {
  ingested: Counter<'event'>;
  refused: Counter<'reason'>;
  unreadable: Counter<'table'>;
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
    refused: new Counter({
      name: 'catalog_refused_total',
      help: 'Statements of peers that were not taken, because of a limit or because they cannot be used',
      labelNames: ['reason'],
      registers: [registry],
    }),
    unreadable: new Counter({
      name: 'catalog_unreadable_rows_total',
      help: 'Rows, or parts of one, that were left out of an answer because they cannot be read',
      labelNames: ['table'],
      registers: [registry],
    }),
  };
}
