import type { FilePart } from '../../operations.ts';
import { h } from '../../ui/dom.ts';
import { clock } from '../../ui/format.ts';
import { createMenu } from '../../ui/menu.ts';

export type Chapter = Omit<FilePart, 'endSeconds'> & { title: string | null };

/** The chapter that plays at a time; -1 before the first. */
export function chapterAt(chapters: readonly Chapter[], seconds: number): number {
  return chapters.findLastIndex(({ startSeconds }) => startSeconds <= seconds);
}

/** The list of a film's chapters, and marks of where they begin; either leads there. */
export function createChapters(
  video: HTMLVideoElement,
  chapters: readonly Chapter[],
): { menu: HTMLElement; marks: HTMLElement } {
  const go = (seconds: number) => {
    video.currentTime = seconds;
  };
  const menu = createMenu('Chapters', (index) => go(chapters[Number(index)]?.startSeconds ?? 0));
  const marks = h('div', { class: 'marks', 'aria-hidden': 'true', hidden: chapters.length < 2 });
  const labels = chapters.map(
    ({ startSeconds, title }, index) => `${clock(startSeconds)} ${title ?? `Chapter ${index + 1}`}`,
  );
  const options = labels.map((label, index) => ({ value: String(index), label }));
  const place = () => {
    const { duration } = video;
    if (!(duration > 0) || !Number.isFinite(duration)) return;
    // The list is what keyboards and screen readers use.
    marks.replaceChildren(
      ...chapters.flatMap(({ startSeconds }, index) =>
        startSeconds > duration
          ? []
          : [
              h('button', {
                ...{ type: 'button', tabindex: -1, title: labels[index] },
                style: `left: ${(100 * startSeconds) / duration}%`,
                onclick: () => go(startSeconds),
              }),
            ],
      ),
    );
  };
  let shown = -1;
  const update = () => {
    const index = Math.max(0, chapterAt(chapters, video.currentTime));
    if (index === shown) return;
    shown = index;
    menu.show(options, String(index));
  };
  for (const event of ['timeupdate', 'seeked']) video.addEventListener(event, update);
  video.addEventListener('durationchange', place);
  update();
  return { menu: menu.element, marks };
}
