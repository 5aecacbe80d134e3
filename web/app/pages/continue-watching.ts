import { request } from '../graphql.ts';
import { CONTINUE_WATCHING, type ContinueWatchingQuery, HIDE_FROM_CONTINUE_WATCHING } from '../operations.ts';
import { leftOff } from '../player/left-off.ts';
import { ofWatcher } from '../player/watcher.ts';
import { artwork } from '../ui/card.ts';
import { h, toast } from '../ui/dom.ts';
import { clock } from '../ui/format.ts';
import { fillRow } from '../ui/row.ts';

const MOST = 12;

type Begun = ContinueWatchingQuery['continueWatching'][number];

/** Fills a section with what someone began and did not finish; it is hidden where there is nothing. */
export async function showContinueWatching(section: HTMLElement): Promise<void> {
  const { continueWatching } = await request(
    CONTINUE_WATCHING,
    { ...ofWatcher(), first: MOST },
    { isPartial: true },
  );
  const begun = continueWatching
    .map((each) => ({ ...each, ...leftOff([each.catalogId], each) }))
    .filter(({ completed, file, positionSeconds }) => !completed && file && positionSeconds > 1);
  const items = begun.map((each) => {
    const item = resumeCard(each, async () => {
      await request(HIDE_FROM_CONTINUE_WATCHING, { ...ofWatcher(), catalogIds: [each.catalogId] });
      const next = item.nextElementSibling ?? item.previousElementSibling;
      const hadFocus = item.contains(document.activeElement) || document.activeElement === document.body;
      item.remove();
      if (hadFocus) next?.querySelector('a')?.focus();
      section.hidden = next === null;
    });
    return item;
  });
  fillRow(section, 'Continue watching', items);
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
