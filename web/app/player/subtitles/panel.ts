import { h } from '../../ui/dom.ts';
import { clock } from '../../ui/format.ts';
import { OWN_FILE_TYPES } from './own-file.ts';
import type { PlayerSubtitles } from './player-subtitles.ts';
import { searchCues } from './search.ts';

/** One press of a button moves subtitles so far. */
const STEP_SECONDS = 0.5;
const MAX_OFFSET_SECONDS = 600;
const SIZE = 'giggityflix.subtitle-size';
/** Percent of the browser's own size; the style sheet has them. */
const SIZES = ['75', '100', '125', '150', '200'];

export interface SubtitlePanel {
  /** The button that opens it, for the bar. */
  button: HTMLElement;
  element: HTMLElement;
  /** Closes it, and gives the focus back to its button if it was inside; whether it was open. */
  close(): boolean;
  /** What is shown has changed. */
  update(): void;
}

/** What a viewer may do with subtitles beside choosing them: move, enlarge, bring and search them. */
export function createSubtitlePanel(options: {
  video: HTMLVideoElement;
  /** What takes a file that is dropped. */
  screen: HTMLElement;
  subtitles: PlayerSubtitles;
  onError(message: string): void;
}): SubtitlePanel {
  const { video, screen, subtitles, onError } = options;

  const offset = h('input', {
    ...{ type: 'number', step: '0.1', min: -MAX_OFFSET_SECONDS, max: MAX_OFFSET_SECONDS, value: '0' },
    'aria-label': 'Delay of the subtitles in seconds',
    onchange: () => move(Number(offset.value)),
  });
  const move = (seconds: number) => {
    const bounded = Math.min(MAX_OFFSET_SECONDS, Math.max(-MAX_OFFSET_SECONDS, seconds || 0));
    const rounded = Math.round(bounded * 10) / 10;
    subtitles.setOffset(rounded);
    offset.value = String(rounded);
  };
  const step = (label: string, by: number, words: string) =>
    h(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': words, onclick: () => move(subtitles.offset() + by) },
      label,
    );
  const delay = h(
    'div',
    { class: 'row' },
    h('span', {}, 'Delay'),
    step('−', -STEP_SECONDS, 'Half a second earlier'),
    offset,
    step('+', STEP_SECONDS, 'Half a second later'),
  );

  const size = h(
    'select',
    { onchange: () => resize(size.value) },
    ...SIZES.map((percent) => h('option', { value: percent }, `${percent} %`)),
  );
  const resize = (percent: string) => {
    screen.dataset.subtitleSize = percent;
    localStorage.setItem(SIZE, percent);
  };
  const known = localStorage.getItem(SIZE) ?? '';
  size.value = SIZES.includes(known) ? known : '100';
  screen.dataset.subtitleSize = size.value;

  const add = (files: Iterable<File>) => {
    subtitles
      .add([...files])
      .catch((error: Error) => onError(`These subtitles cannot be shown: ${error.message}`));
  };
  const file = h('input', {
    ...{ type: 'file', accept: OWN_FILE_TYPES, multiple: true },
    onchange: () => {
      add(file.files ?? []);
      file.value = '';
    },
  });
  screen.addEventListener('dragover', (event) => event.preventDefault());
  screen.addEventListener('drop', (event) => {
    event.preventDefault();
    const files = event.dataTransfer?.files;
    if (files && files.length > 0) add(files);
  });

  const phrase = h('input', { type: 'search', autocomplete: 'off', oninput: () => search() });
  const found = h('ul', { class: 'found' });
  const count = h('p', { class: 'quiet', role: 'status' });
  const searching = h('div', {}, h('label', { class: 'row' }, h('span', {}, 'Search'), phrase), count, found);
  const search = () => {
    const results = searchCues(subtitles.cues(), phrase.value);
    count.textContent =
      phrase.value.trim() === '' ? '' : `${results.length === 0 ? 'No' : results.length} found`;
    found.replaceChildren(
      ...results.map(({ startSeconds, text }) =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              onclick: () => {
                video.currentTime = Math.max(0, startSeconds + subtitles.offset());
              },
            },
            h('span', { class: 'time' }, clock(startSeconds)),
            ` ${text}`,
          ),
        ),
      ),
    );
  };

  const element = h(
    'section',
    { class: 'panel', id: 'subtitle-options', 'aria-label': 'Subtitle options', hidden: true },
    delay,
    h('label', { class: 'row' }, h('span', {}, 'Size'), size),
    h('label', { class: 'row' }, h('span', {}, 'Your own file'), file),
    searching,
  );
  const show = (isShown: boolean) => {
    element.hidden = !isShown;
    button.setAttribute('aria-expanded', String(isShown));
  };
  const button = h(
    'button',
    {
      ...{ type: 'button', class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'subtitle-options' },
      onclick({ detail }: MouseEvent) {
        show(element.hidden === true);
        // Not by a pointer: whoever has keys alone is led inside.
        if (detail === 0 && !element.hidden) firstField()?.focus();
      },
    },
    'Subtitle options',
  );
  const firstField = () =>
    [...element.querySelectorAll<HTMLElement>('button, input, select')].find((field) =>
      field.checkVisibility(),
    );

  return {
    button,
    element,
    close() {
      const wasOpen = !element.hidden;
      if (wasOpen && element.contains(document.activeElement)) button.focus();
      if (wasOpen) show(false);
      return wasOpen;
    },
    update() {
      const isChosen = subtitles.chosen() !== null;
      delay.hidden = !isChosen;
      offset.value = String(subtitles.offset());
      searching.hidden = subtitles.cues().length === 0;
      search();
    },
  };
}
