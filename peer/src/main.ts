import { createLogger, readOrExit, runProcess } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';
import { createPeer } from './service.ts';

/** With arguments this program is `giggityflix-peer start`, without them the daemon as its environment has it. */
const flags = process.argv.slice(2);
if (flags.length > 0) {
  const { runCli } = await import('./cli/program.ts');
  const given = flags[0]?.startsWith('-') ? ['start', ...flags] : flags;
  process.exitCode = await runCli([...process.argv.slice(0, 2), ...given]);
} else {
  const config = readOrExit(readEnvironment);
  const logger = createLogger({ service: 'peer', level: config.logLevel });
  await runProcess(createPeer(config, { logger }), logger);
}
