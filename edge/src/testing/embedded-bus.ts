import { type Bus, createBus, createLogger } from '@giggityflix/platform';

/** Starts a bus on a SQLite file. */
export async function openEmbeddedBus(path: string, clientId = 'test'): Promise<Bus> {
  const logger = createLogger({ service: clientId, level: 'silent' });
  const bus = createBus({ config: { kind: 'embedded', path }, clientId, logger });
  await bus.start();
  return bus;
}
