import type { FilmForm, Link, PeerConnection } from '@giggityflix/player';
import { h } from '../ui/dom.ts';
import { size } from '../ui/format.ts';

const UPDATE_MS = 1_000;

export interface Statistics {
  /** The button that opens the panel, for the bar. */
  button: HTMLElement;
  element: HTMLElement;
  /** The film comes over this link now. */
  connected(link: Link): void;
  /** A peer has opened the film in this form. */
  opened(connection: PeerConnection, form: FilmForm): void;
  toggle(): void;
  /** Whether it was open. */
  close(): boolean;
  stop(): void;
}

/** Where the film comes from, how fast, and how much of it has been checked. */
export function createStatistics(video: HTMLVideoElement): Statistics {
  let link: Link | null = null;
  let open: { connection: PeerConnection; form: FilmForm } | null = null;
  let before = { bytes: 0, at: 0 };
  let timer: ReturnType<typeof setInterval> | undefined;

  const body = h('tbody');
  const table = h(
    'table',
    {},
    h('caption', {}, 'Peers that send this film'),
    h('thead', {}, row('th', 'Peer', 'Speed', 'Received')),
    body,
  );
  const ahead = h('dd');
  const checked = h('dd');
  const note = h('p', { class: 'quiet' });
  const element = h(
    'section',
    { class: 'panel statistics', id: 'statistics', 'aria-label': 'Statistics', hidden: true },
    table,
    h('dl', {}, h('dt', {}, 'Loaded ahead'), ahead, h('dt', {}, 'Verified'), checked),
    note,
  );

  const update = () => {
    ahead.textContent = seconds(bufferedAhead(video));
    if (open && open.form.rendition !== 'original') showConverted(open.connection);
    else showSources();
  };
  const showSources = () => {
    const figures = link?.sources.figures() ?? [];
    body.replaceChildren(
      ...figures.map(({ source, bytesPerSecond, verifiedBytes, isOpen }) =>
        row(
          'td',
          `Peer ${source + 1}`,
          isOpen ? (bytesPerSecond === null ? 'Measuring' : `${size(bytesPerSecond)}/s`) : 'Gone',
          size(verifiedBytes),
        ),
      ),
    );
    const sum = (of: (figure: (typeof figures)[number]) => number) =>
      figures.reduce((total, figure) => total + of(figure), 0);
    const pieces = sum(({ verifiedPieces }) => verifiedPieces);
    checked.textContent = `${pieces} ${pieces === 1 ? 'piece' : 'pieces'}, ${size(sum(({ verifiedBytes }) => verifiedBytes))}`;
    const unproven = link?.sources.totals().unproven ?? 0;
    note.textContent =
      unproven === 0
        ? 'Each piece is checked to be of this very film before it is shown.'
        : `Data that is not of this film came ${unproven === 1 ? 'once' : `${unproven} times`}. It was not shown, and the peer was left.`;
  };
  /** What is converted is made anew, so that there is nothing to check it against. */
  const showConverted = ({ client }: PeerConnection) => {
    const now = { bytes: client.receivedBytes(), at: performance.now() };
    const elapsed = now.at - before.at;
    const isSame = now.bytes >= before.bytes && elapsed < 3 * UPDATE_MS;
    const rate = isSame && elapsed > 0 ? ((now.bytes - before.bytes) / elapsed) * 1_000 : null;
    before = now;
    body.replaceChildren(
      row('td', 'Peer 1', rate === null ? 'Measuring' : `${size(rate)}/s`, size(now.bytes)),
    );
    checked.textContent = 'Not possible';
    note.textContent = 'The peer converts the film for this device. What is converted cannot be checked.';
  };

  const show = (isShown: boolean) => {
    clearInterval(timer);
    element.hidden = !isShown;
    button.setAttribute('aria-expanded', String(isShown));
    if (!isShown) return;
    update();
    timer = setInterval(update, UPDATE_MS);
  };
  const toggle = () => show(element.hidden === true);
  const button = h(
    'button',
    {
      ...{ type: 'button', class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'statistics' },
      ...{ 'aria-keyshortcuts': 'i', onclick: toggle },
    },
    'Statistics',
  );

  return {
    button,
    element,
    connected(next) {
      link = next;
    },
    opened(connection, form) {
      open = { connection, form };
    },
    toggle,
    close() {
      const wasOpen = !element.hidden;
      if (wasOpen) show(false);
      return wasOpen;
    },
    stop: () => clearInterval(timer),
  };
}

function row(cell: 'th' | 'td', ...texts: string[]): HTMLElement {
  return h(
    'tr',
    {},
    texts.map((text, index) =>
      cell === 'th'
        ? h('th', { scope: 'col' }, text)
        : index === 0
          ? h('th', { scope: 'row' }, text)
          : h('td', {}, text),
    ),
  );
}

/** Seconds that can be played from here without anything more coming. */
function bufferedAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let index = 0; index < buffered.length; index += 1)
    if (buffered.start(index) <= currentTime && currentTime <= buffered.end(index))
      return buffered.end(index) - currentTime;
  return 0;
}

function seconds(count: number): string {
  return `${count < 10 ? count.toFixed(1) : Math.round(count)} s`;
}
