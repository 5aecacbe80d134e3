import type { FilePart } from '../../operations.ts';
import { h } from '../../ui/dom.ts';

const LABELS = { INTRO: 'Skip intro', CREDITS: 'Skip credits' } as const;
/** Nobody wants to skip what is over in a moment. */
const MIN_REST_SECONDS = 2;

export type Marker = FilePart & { kind: keyof typeof LABELS };

/** The part that plays at a time and is worth skipping. */
export function skippable(markers: readonly Marker[], seconds: number): Marker | null {
  return (
    markers.find(
      ({ startSeconds, endSeconds }) => seconds >= startSeconds && seconds < endSeconds - MIN_REST_SECONDS,
    ) ?? null
  );
}

/** A button that is there while an intro or credits play. */
export function createSkipButton(video: HTMLVideoElement, markers: readonly Marker[]): HTMLElement {
  let current: Marker | null = null;
  const button = h('button', {
    ...{ type: 'button', class: 'button skip-part', hidden: true },
    onclick: () => {
      if (current) video.currentTime = Math.min(current.endSeconds, video.duration || current.endSeconds);
    },
  });
  const update = () => {
    const next = skippable(markers, video.currentTime);
    if (next === current) return;
    current = next;
    button.hidden = next === null;
    if (next) button.textContent = LABELS[next.kind];
  };
  for (const event of ['timeupdate', 'seeked']) video.addEventListener(event, update);
  return button;
}
