import { type DestinationStream, pino } from 'pino';

/** Bytes of lines that wait for whoever reads them; more are dropped. */
export const MAX_WAITING_LOG_BYTES = 4 * 1_024 * 1_024;

let output: DestinationStream | null = null;

/**
 * Standard output, which all loggers of a process share. A reader that stops reading, as a terminal or a collector that
 * hangs, holds up nothing: lines wait up to {@link MAX_WAITING_LOG_BYTES}, are then dropped, and `onDropped` hears of how
 * many once it reads again. The end of the process waits for no reader.
 */
export function logOutput(onDropped: (lines: number) => void): DestinationStream {
  if (output) return output;
  let ending = false;
  // Before the destination's own listener, which writes what is left.
  process.once('exit', () => {
    ending = true;
  });
  const destination = pino.destination({
    dest: 1,
    sync: false,
    maxLength: MAX_WAITING_LOG_BYTES,
    retryEAGAIN: () => !ending,
  });
  // Node.js opens it as a stream, which has writes to a pipe fail where they would wait for its reader.
  void process.stdout.writable;
  const flush = destination.flushSync.bind(destination);
  destination.flushSync = () => {
    try {
      flush();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  };
  let dropped = 0;
  destination.on('drop', () => {
    dropped += 1;
  });
  destination.on('drain', () => {
    if (dropped === 0) return;
    const lines = dropped;
    dropped = 0;
    onDropped(lines);
  });
  output = destination;
  return output;
}
