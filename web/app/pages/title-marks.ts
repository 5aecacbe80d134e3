import { request } from '../graphql.ts';
import {
  ADD_TO_WATCHLIST,
  MARK_WATCHED,
  REMOVE_FROM_WATCHLIST,
  type TitleWithDetails,
} from '../operations.ts';
import { forgetLeftOff } from '../player/left-off.ts';
import { ofWatcher } from '../player/watcher.ts';
import { h, toast } from '../ui/dom.ts';

/** What someone says of a title: that they keep it to watch, and that they have watched it. */
export function titleMarks({ files, isInWatchlist, progress }: TitleWithDetails): HTMLElement | null {
  const [first] = files;
  if (!first || isInWatchlist === null) return null;
  const catalogIds = files.map(({ catalogId }) => catalogId).slice(0, MAX_FILES);
  return h(
    'div',
    { class: 'actions' },
    toggle({
      isOn: isInWatchlist,
      labels: ['Add to watchlist', 'Remove from watchlist'],
      change: (isOn) =>
        isOn
          ? request(ADD_TO_WATCHLIST, { ...ofWatcher(), catalogId: first.catalogId })
          : request(REMOVE_FROM_WATCHLIST, { ...ofWatcher(), catalogIds }),
    }),
    toggle({
      isOn: progress?.completed ?? false,
      labels: ['Mark as watched', 'Mark as not watched'],
      async change(watched) {
        await request(MARK_WATCHED, { ...ofWatcher(), catalogIds, watched });
        forgetLeftOff(catalogIds);
      },
    }),
  );
}

/** As the API has it. */
const MAX_FILES = 100;

function toggle(options: {
  isOn: boolean;
  labels: [off: string, on: string];
  change(isOn: boolean): Promise<unknown>;
}): HTMLElement {
  let { isOn } = options;
  const show = () => {
    button.textContent = options.labels[isOn ? 1 : 0];
  };
  const button = h('button', {
    class: 'button',
    type: 'button',
    async onclick() {
      button.disabled = true;
      try {
        await options.change(!isOn);
        isOn = !isOn;
        show();
      } catch (error) {
        toast(`That did not work: ${(error as Error).message}`);
      }
      button.disabled = false;
      // A disabled button loses the focus.
      if (document.activeElement === document.body) button.focus();
    },
  });
  show();
  return button;
}
