/** Most memory that the process takes which decodes pictures: half more than the most seen for a picture within the limits. */
export const MAX_MEMORY_BYTES = 384 * 1_024 * 1_024;
const CHECK_INTERVAL_MS = 10;

/**
 * Ends this process as soon as it takes more memory. The heap's limit does not hold for what decoders take, and they work on
 * other threads, so that this one can look.
 */
export function endAboveMemory(bytes: number): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > bytes) process.kill(process.pid, 'SIGKILL');
  }, CHECK_INTERVAL_MS).unref();
}
