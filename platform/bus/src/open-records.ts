import type { Logger } from '@giggityflix/kernel';
import type { BusConfig } from './config.ts';
import type { RawRecords } from './raw/raw-records.ts';

/** The records of the bus that the configuration names; only the client of that bus is loaded. */
export async function openRawRecords(config: BusConfig, logger: Logger): Promise<RawRecords> {
  if (config.kind === 'embedded') {
    const { openEmbeddedRecords } = await import('./embedded/raw-records.ts');
    return openEmbeddedRecords(config.path);
  }
  const { openKafkaRecords } = await import('./kafka/raw-records.ts');
  return openKafkaRecords(config, logger);
}
