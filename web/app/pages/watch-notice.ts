import { type Playback, PlaybackRefused, type PlaybackState } from '@giggityflix/player';
import { request } from '../graphql.ts';
import { type MediaFile, NOTIFY_ME } from '../operations.ts';
import { failureText } from '../player/failure.ts';
import { h } from '../ui/dom.ts';
import { codec, container } from '../ui/format.ts';
import { stopButtons } from './screens.ts';

/** What the player says over the picture, and what can be done about it. */
export interface Notice {
  element: HTMLElement;
  /** An empty text hides it. */
  say(text: string, ...actions: HTMLElement[]): void;
  show(state: PlaybackState): void;
  /** Whether the film could not be had, and goes on by itself once someone has it. */
  isWaiting(): boolean;
}

export function createNotice(options: {
  file: MediaFile;
  playback(): Playback;
  /** The height of a form that is made for this browser; null where the peer makes none. */
  smaller(): number | null;
  setQuality(height: number): void;
  /** Whether who watches may see the film as before: a session may have ended because they may not. */
  mayStillWatch(): Promise<boolean>;
}): Notice {
  const { file } = options;
  const element = h('div', { class: 'notice', role: 'status', hidden: true });
  let isWaiting = false;
  let isEnded = false;

  const say = (text: string, ...actions: HTMLElement[]) => {
    element.replaceChildren(h('p', {}, text), ...actions);
    element.hidden = text === '';
  };
  const again = (label = 'Try again') => action(label, () => options.playback().begin());
  const convert = () => {
    const height = options.smaller();
    return height === null
      ? []
      : [action(`Watch in ${height}p, converted`, () => options.setQuality(height))];
  };
  const notify = () =>
    action('Notify me', () => {
      request(NOTIFY_ME, { catalogId: file.catalogId }).then(
        () => say('You will be told when it can be watched.'),
        (error: Error) => say(error.message, again()),
      );
    });

  const offerToStop = (error: Error) => {
    say(error.message, again());
    const refusal = element.firstElementChild;
    const play = () => options.playback().begin();
    const fail = (reason: Error) => say(`That did not work: ${reason.message}`, again());
    void stopButtons(play, fail).then((buttons) => {
      // Not over what is said meanwhile.
      if (element.firstElementChild === refusal) element.append(...buttons);
    });
  };

  const show = (state: PlaybackState) => {
    isEnded = state.kind === 'taken-over';
    isWaiting = state.kind === 'failed' && (state.failure?.kind ?? 'unreadable') === 'unreadable';
    switch (state.kind) {
      case 'playing':
        return say('');
      case 'starting':
        return say('Starting…');
      case 'connecting':
        return say('Looking for someone who has this film…');
      case 'reconnecting':
        return say('The connection was lost. Looking for another machine that has the film…');
      case 'changing':
        return say('The film comes too slowly. Looking for another machine that has it…');
      case 'taken-over':
        say('This was ended, perhaps on another device.', again('Play here again'));
        void options.mayStillWatch().then((may) => {
          if (may || !isEnded) return;
          say('This film may no longer be watched here.', link('All titles', '#/'));
        });
        return;
      case 'undecodable':
        return say(
          `This browser cannot play the film (${formatOf(file)}), and the machine it comes from cannot convert it: ${state.reason}`,
        );
      case 'waiting':
        return say(waitingText(state.position));
      case 'failed': {
        if (isUnavailable(state.error)) return say(state.error.message, notify(), again());
        const { failure, error } = state;
        if (isTooMuch(error)) return offerToStop(error);
        const text = failure && failure.kind !== 'unreadable' ? failureText(failure) : error.message;
        return failure?.kind === 'stuck' ? say(text, again(), ...convert()) : say(text, again());
      }
    }
  };
  return { element, say, show, isWaiting: () => isWaiting };
}

function action(label: string, run: () => void): HTMLElement {
  return h('button', { class: 'button', onclick: run }, label);
}

function link(label: string, href: string): HTMLElement {
  return h('a', { class: 'button', href }, label);
}

function waitingText(position: number | null): string {
  if (position === null)
    return 'The machines that have this film are busy. It begins by itself as soon as one has room.';
  const place = position === 1 ? 'You are next.' : `You are number ${position} in the queue.`;
  return `The machine it comes from converts as many films as it can. ${place} The film begins by itself.`;
}

function isTooMuch(error: Error): boolean {
  return error instanceof PlaybackRefused && error.kind === 'ConcurrencyLimitReached';
}

function isUnavailable(error: Error): boolean {
  return error instanceof PlaybackRefused && error.kind === 'ContentUnavailable';
}

function formatOf(file: MediaFile): string {
  return [container(file.container), codec(file.videoCodec), codec(file.audioCodec)]
    .filter(Boolean)
    .join(', ');
}
