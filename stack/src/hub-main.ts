import { createLogger, EnvironmentError, runProcess } from '@giggityflix/platform';
import { readEnvironment } from './environment.ts';
import { createHub } from './hub.ts';

try {
  const config = readEnvironment(process.env);
  await runProcess(await createHub(config), createLogger({ service: 'hub', level: config.logLevel }));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
