import type { Playback } from '@giggityflix/player';
import { h } from '../ui/dom.ts';
import { watchStalls } from './stalls.ts';

/** After so long other peers may have become faster. */
const FORGET_CHANGES_MS = 120_000;

export interface Slowness {
  stop(): void;
}

/** Reacts when a film stalls: asks for another peer, offers a smaller picture, or asks for patience. */
export function createSlowness(options: {
  video: HTMLVideoElement;
  playback: Pick<Playback, 'changePeer' | 'isConnected'>;
  say(text: string, ...actions: HTMLElement[]): void;
  /** Peers that have the film beside the one that serves it. */
  otherPeers(): number;
  /** The height of the next smaller picture; null when there is none. */
  lower(): number | null;
  setQuality(height: number): void;
}): Slowness {
  const { playback, say } = options;
  let changes: number[] = [];
  /** What was said last, so that only that is taken back, and nothing said twice. */
  let said = '';

  const show = (text: string, ...actions: HTMLElement[]) => {
    if (text === said) return;
    said = text;
    say(text, ...actions);
  };
  const lowerButton = (height: number) =>
    h('button', { class: 'button', onclick: () => options.setQuality(height) }, `Watch in ${height}p`);
  const explain = () => {
    const height = options.lower();
    show(
      'The film comes more slowly than it plays. It goes on when enough has come.',
      ...(height === null ? [] : [lowerButton(height)]),
    );
  };

  const watch = watchStalls(options.video, {
    onLook(isStalled) {
      // While there is no connection the link says what it does about that.
      if (!playback.isConnected()) said = '';
      else if (!isStalled) show('');
      else if (said === '') show('Buffering…');
    },
    onSlow() {
      if (!playback.isConnected()) return;
      const now = performance.now();
      changes = changes.filter((at) => now - at < FORGET_CHANGES_MS);
      if (changes.length >= options.otherPeers()) return explain();
      changes.push(now);
      playback.changePeer();
    },
  });
  return { stop: watch.stop };
}
