/** How often the element is looked at. */
const LOOK_MS = 500;
/** Waiting within a while that is more than a hiccup. */
const SLOW_AFTER_MS = 8_000;
/** How much of a while's waiting is forgiven by as much playing: 8 s of waiting in 80 s of playing are bearable. */
const FORGIVEN = 0.1;

export interface StallWatch {
  stop(): void;
}

/** Watches a video element run dry. */
export function watchStalls(
  video: HTMLVideoElement,
  events: {
    /** Called at each look: whether the picture stands because nothing comes. */
    onLook(isStalled: boolean): void;
    /** It has stood for too long; called again after as long. */
    onSlow(): void;
  },
): StallWatch {
  let waited = 0;
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const passed = Math.min(now - lookedAt, 2 * LOOK_MS);
    lookedAt = now;
    const dry =
      !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !video.error;
    waited = Math.max(0, waited + (dry ? passed : -passed * FORGIVEN));
    events.onLook(dry);
    if (waited < SLOW_AFTER_MS) return;
    waited = 0;
    events.onSlow();
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
