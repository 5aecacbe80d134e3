import { type Bus, createBus } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';

/** Starts a bus on a SQLite file. */
export async function openEmbeddedBus(path: string, clientId = 'test'): Promise<Bus> {
  const logger = createLogger({ service: clientId, level: 'silent' });
  const bus = await createBus({ config: { kind: 'embedded', path }, clientId, logger });
  await bus.start();
  return bus;
}
