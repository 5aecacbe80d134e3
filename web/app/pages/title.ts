import { request } from '../graphql.ts';
import { type MediaFile, NOTIFY_ME, TITLE_PAGE, type Title } from '../operations.ts';
import { withLeftOff } from '../player/left-off.ts';
import { ofWatcher } from '../player/watcher.ts';
import { type Availability, describeAvailability, watchAvailability } from '../ui/availability.ts';
import { artwork, createCard } from '../ui/card.ts';
import { h, message, toast } from '../ui/dom.ts';
import { clock, codec, container, language, resolution, size, titleName } from '../ui/format.ts';
import { aboutWork, factsOf } from './about-work.ts';
import type { Page } from './page.ts';
import { titleMarks } from './title-marks.ts';

/** One title: its files, whether they can be had, and the way to watch them. */
export async function titlePage(id: string): Promise<Page> {
  const { title: known } = await request(TITLE_PAGE, { ...ofWatcher(), id }, { isPartial: true });
  if (!known)
    return {
      title: 'Not found · Giggityflix',
      element: message(
        'There is no such title',
        'It may have been renamed, or nobody has shared it for long.',
        h('a', { class: 'button', href: '#/' }, 'All titles'),
      ),
    };
  const title = withLeftOff(known);
  const rows = new Map(title.files.map((file) => [file.catalogId, fileRow(file, title)]));
  const extras = title.extras.map((extra) => ({ extra, card: createCard(withLeftOff(extra)) }));
  const watched = [title, ...title.extras].flatMap(({ files }) => files.map(({ catalogId }) => catalogId));
  const leave = watchAvailability(watched, (catalogId, availability) => {
    rows.get(catalogId)?.show(availability);
    for (const { card } of extras) card.setAvailability(catalogId, availability);
  });
  const picture = artwork(title);
  return {
    title: `${title.name} · Giggityflix`,
    leave,
    element: h(
      'article',
      { class: 'title' },
      h('div', { class: picture.classList.contains('upright') ? 'poster upright' : 'poster' }, picture),
      h(
        'div',
        {},
        h('h1', {}, titleName(title)),
        h('p', { class: 'facts' }, factsOf(title)),
        titleMarks(title),
        aboutWork(title),
        h(
          'ul',
          { class: 'files' },
          [...rows.values()].map((row) => row.element),
        ),
        extras.length > 0 &&
          h(
            'section',
            { class: 'extras' },
            h('h2', {}, 'Extras'),
            h(
              'div',
              { class: 'grid' },
              extras.map(({ card }) => card.element),
            ),
          ),
      ),
    ),
  };
}

function fileRow(file: MediaFile, title: Title) {
  const badge = h('span', { class: 'badge' });
  const begun = title.progress && !title.progress.completed && title.progress.positionSeconds > 1;
  const play = h(
    'a',
    { class: 'button primary', href: `#/watch/${file.catalogId}`, 'data-action': 'play' },
    begun ? `Resume from ${clock(title.progress!.positionSeconds)}` : 'Play',
  );
  const notify = h(
    'button',
    {
      class: 'button',
      'data-action': 'notify',
      async onclick() {
        notify.disabled = true;
        try {
          await request(NOTIFY_ME, { catalogId: file.catalogId });
          notify.textContent = 'You will be told';
        } catch (error) {
          notify.disabled = false;
          toast(`That did not work: ${(error as Error).message}`);
        }
      },
    },
    'Notify me when it is available',
  );
  const facts = [
    resolution(file.height),
    codec(file.videoCodec),
    codec(file.audioCodec),
    container(file.container),
    size(file.sizeBytes),
    language(file.language),
  ];
  const show = (availability: Availability) => {
    badge.textContent = describeAvailability(availability);
    badge.classList.toggle('on', availability.isAvailable);
    play.hidden = !availability.isAvailable;
    notify.hidden = availability.isAvailable;
  };
  show(file.availability);
  return {
    show,
    element: h(
      'li',
      { 'data-catalog-id': file.catalogId },
      h('div', { class: 'actions' }, play, notify, badge),
      h('p', { class: 'name' }, file.name),
      h('p', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
    ),
  };
}
