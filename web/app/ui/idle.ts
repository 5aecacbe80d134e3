/** How long what lies over the picture stays after the last sign of the viewer. */
const IDLE_MS = 3_000;

/** Sets the class `idle` while the film plays and the viewer only watches. Returns what ends it. */
export function hideWhenIdle(element: HTMLElement, video: HTMLVideoElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wake = () => {
    clearTimeout(timer);
    element.classList.remove('idle');
    timer = setTimeout(() => element.classList.toggle('idle', !video.paused), IDLE_MS);
  };
  for (const sign of ['pointermove', 'pointerdown', 'keydown', 'focusin'])
    element.addEventListener(sign, wake);
  for (const change of ['play', 'pause']) video.addEventListener(change, wake);
  wake();
  return () => clearTimeout(timer);
}
