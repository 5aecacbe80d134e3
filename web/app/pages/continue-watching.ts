import { request } from '../graphql.ts';
import {
  CONTINUE_WATCHING,
  type ContinueWatchingResult,
  HIDE_FROM_CONTINUE_WATCHING,
} from '../operations.ts';
import { ofWatcher } from '../player/watcher.ts';
import { artwork } from '../ui/card.ts';
import { h, toast } from '../ui/dom.ts';
import { clock } from '../ui/format.ts';

const MOST = 12;

type Begun = ContinueWatchingResult['continueWatching'][number];

/** Fills a section with what someone began and did not finish; it stays hidden where there is nothing. */
export async function showContinueWatching(section: HTMLElement): Promise<void> {
  const { continueWatching } = await request<ContinueWatchingResult>(
    CONTINUE_WATCHING,
    { ...ofWatcher(), first: MOST },
    { isPartial: true },
  );
  const begun = continueWatching.filter(
    ({ completed, file, positionSeconds }) => !completed && file && positionSeconds > 1,
  );
  if (begun.length === 0) return;
  const row = h('div', { class: 'row' });
  const items = begun.map((each) => {
    const item = resumeCard(each, async () => {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      await request(HIDE_FROM_CONTINUE_WATCHING, { ...ofWatcher(), catalogIds: [each.catalogId] });
      item.remove();
      // The focus was on what is gone.
      next?.querySelector('a')?.focus();
      section.hidden = row.childElementCount === 0;
    });
    return item;
  });
  row.append(...items);
  section.replaceChildren(h('h2', {}, 'Continue watching'), row);
  section.hidden = false;
}

function resumeCard({ catalogId, positionSeconds, file }: Begun, hide: () => Promise<void>): HTMLElement {
  const { durationSeconds, title } = file!;
  const part = durationSeconds ? (100 * positionSeconds) / durationSeconds : 0;
  const remove = h(
    'button',
    {
      class: 'remove',
      type: 'button',
      'aria-label': `Remove ${title.name} from Continue watching`,
      title: 'Remove from Continue watching',
      async onclick() {
        remove.disabled = true;
        try {
          await hide();
        } catch (error) {
          remove.disabled = false;
          toast(`That did not work: ${(error as Error).message}`);
        }
      },
    },
    '×',
  );
  return h(
    'div',
    { class: 'removable' },
    h(
      'a',
      { class: 'card wide', href: `#/watch/${catalogId}` },
      h(
        'div',
        { class: 'poster' },
        artwork(title),
        h('div', { class: 'played', style: `--played: ${part}%` }),
      ),
      h('h3', {}, title.name),
      h('p', { class: 'facts' }, `from ${clock(positionSeconds)}`),
    ),
    remove,
  );
}
