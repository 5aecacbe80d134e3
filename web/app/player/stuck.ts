/** How often the element is looked at. */
const LOOK_MS = 500;
/** Longest time without a picture while there is nothing left to wait for; a slow processor decodes its first one within it. */
const STUCK_AFTER_MS = 15_000;

/**
 * Watches for a film that is to play, has what it needs, and stands: an element may say neither that it cannot decode it nor that
 * it waits for anything.
 */
export function watchStuck(
  video: Pick<HTMLVideoElement, 'paused' | 'ended' | 'seeking' | 'currentTime' | 'error'>,
  events: {
    /** Whether bytes are awaited, so that it is the peer that the film waits for. */
    isWaiting(): boolean;
    onStuck(): void;
  },
): { stop(): void } {
  let place = video.currentTime;
  let stood = 0;
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const passed = Math.min(now - lookedAt, 2 * LOOK_MS);
    lookedAt = now;
    const stands = video.currentTime === place && !video.paused && !video.ended && !video.error;
    place = video.currentTime;
    stood = stands && !events.isWaiting() ? stood + passed : 0;
    if (stood < STUCK_AFTER_MS) return;
    stood = 0;
    events.onStuck();
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
