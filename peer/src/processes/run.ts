import { type Ending, type ProgramCommand, startProgram } from './program.ts';

/** Most of a program's complaints that are kept, in characters. */
const MAX_WORDS = 2_000;

export interface Result extends Ending {
  stdout: Buffer;
  /** The end of what it complained of. */
  stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @throws ProgramError, and the signal's reason; the program has ended by then
 */
export async function runProgram(command: ProgramCommand, signal?: AbortSignal): Promise<Result> {
  signal?.throwIfAborted();
  const program = await startProgram(command);
  const abort = () => program.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const parts: Buffer[] = [];
  let stderr = '';
  program.stdout.on('data', (part: Buffer) => parts.push(part));
  program.stderr.on('data', (part: Buffer) => {
    stderr = (stderr + part.toString()).slice(-MAX_WORDS);
  });
  const ending = await program.ended;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  return { ...ending, stdout: Buffer.concat(parts), stderr };
}
