import { describeEnvironment } from '../environment.ts';
import { loadConfig } from './config.ts';

/** `config`: every variable, its value, and what it is for; secrets stay hidden. */
export function showConfig(flags: { json?: boolean }): void {
  // Wrong values are reported in the way every command reports them.
  loadConfig();
  const settings = describeEnvironment();
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(settings)}\n`);
    return;
  }
  for (const { name, value, isSet, description } of settings)
    process.stdout.write(`${name}=${value ?? ''}${isSet ? '' : '  (default)'}\n    ${description}\n`);
}
