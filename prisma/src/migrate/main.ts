/**
 * Brings the database of `DATABASE_URL` to the newest schema and ends. The services do so at their start; a release is
 * rolled out with fewer surprises when it was done before: `node prisma/src/migrate/main.ts`.
 */
import { createLogger, readOrExit, refuseArguments } from '@giggityflix/kernel';
import { openDatabase } from '../open.ts';
import { readEnvironment } from './environment.ts';

refuseArguments();
const { url, logLevel } = readOrExit(readEnvironment);
const logger = createLogger({ service: 'migrate', level: logLevel });
try {
  const database = await openDatabase({ url, logger, poolSize: 1 });
  await database.check();
  await database.close();
  logger.info('the database has the newest schema');
} catch (error) {
  logger.fatal({ err: error }, 'the database was not migrated');
  process.exitCode = 1;
}
