/** Reads the environment for `main.ts`, which asks for it through {@link readConfig}; prints its problems and exits 1. */
import { readOrExit } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';

process.send?.(readOrExit(readEnvironment));
