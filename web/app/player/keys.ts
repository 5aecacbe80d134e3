/** Seconds an arrow key moves. */
const SEEK_STEP_SECONDS = 10;

/** What people know from other players; arrows work as on a remote control. */
export function onKey(
  event: KeyboardEvent,
  video: HTMLVideoElement,
  screen: HTMLElement,
  toggleStatistics: () => void,
): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  // A menu uses arrows, space and letters itself.
  if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement) return;
  if (event.key === ' ' && event.target instanceof HTMLElement && event.target.matches('a, button')) return;
  switch (event.key) {
    case ' ':
    case 'k':
    case 'MediaPlayPause':
      if (video.paused) void video.play();
      else video.pause();
      break;
    case 'ArrowLeft':
      seekBy(video, -SEEK_STEP_SECONDS);
      break;
    case 'ArrowRight':
      seekBy(video, SEEK_STEP_SECONDS);
      break;
    case 'f':
      toggleFullScreen(screen);
      break;
    case 'i':
      toggleStatistics();
      break;
    case 'm':
      video.muted = !video.muted;
      break;
    case 'Escape':
      if (!document.fullscreenElement) history.back();
      break;
    default:
      return;
  }
  event.preventDefault();
}

export function toggleFullScreen(screen: HTMLElement): void {
  void (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen());
}

function seekBy(video: HTMLVideoElement, seconds: number): void {
  // Until the duration is known the place is where the film is to begin.
  const end = Number.isNaN(video.duration) ? Number.POSITIVE_INFINITY : video.duration;
  video.currentTime = Math.min(end, Math.max(0, video.currentTime + seconds));
}
