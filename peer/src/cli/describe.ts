import { ask } from './ask.ts';
import { count } from './format.ts';

/** `describe`: has the running daemon describe everything it shares to the platform again. */
export async function requestDescriptions(flags: { dataDir?: string; json?: boolean }): Promise<void> {
  const { films } = await ask<{ films: number }>(flags, 'POST', '/describe');
  process.stdout.write(
    flags.json ? `${JSON.stringify({ films })}\n` : `${count(films, 'film')} to be described again\n`,
  );
}
