import { runDeadLetters } from './dead-letters.ts';
import { readEnvironment } from './environment.ts';

process.exitCode = await runDeadLetters(process.argv.slice(2), readEnvironment);
