import { type Bus, busConfig, busVariables, createBus } from '@giggityflix/bus';
import { createLogger, parseEnvironment } from '@giggityflix/kernel';
import { z } from 'zod';

/** A bus of the kind given: a SQLite file, or the Kafka that `KAFKA_BOOTSTRAP_SERVERS` names. */
export function openBus(kind: 'embedded' | 'kafka', path: string, clientId: string): Promise<Bus> {
  const environment = { ...process.env, BUS: kind, BUS_PATH: path === '' ? undefined : path };
  return createBus({
    config: busConfig(parseEnvironment(z.object(busVariables), environment)),
    clientId,
    logger: createLogger({ service: clientId, level: 'error' }),
  });
}
