import { isBackKey } from '../ui/back-keys.ts';

/** Seconds an arrow key moves. */
const SEEK_STEP_SECONDS = 10;

/**
 * What people know from other players; arrows work as on a remote control. Those up and down lead from the film to what lies over
 * it, where all of them move the focus.
 */
export function onKey(
  event: KeyboardEvent,
  player: {
    video: HTMLVideoElement;
    screen: HTMLElement;
    toggleStatistics(): void;
    /** Closes what is open over the film; whether anything was. */
    closePanel(): boolean;
  },
): void {
  const { video, screen } = player;
  const { target } = event;
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (isBackKey(event)) {
    if (player.closePanel()) event.preventDefault();
    return;
  }
  // A menu uses space and letters itself.
  if (target instanceof HTMLSelectElement || target instanceof HTMLInputElement) return;
  if (event.key === ' ' && target instanceof HTMLElement && target.matches('a, button')) return;
  if (target !== video && (event.key === 'Enter' || event.key.startsWith('Arrow'))) return;
  switch (event.key) {
    case ' ':
    case 'k':
    case 'Enter':
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
      player.toggleStatistics();
      break;
    case 'm':
      video.muted = !video.muted;
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
