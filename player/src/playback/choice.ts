import type { Form } from '../connection/form.ts';
import { alternativeTo } from './alternatives.ts';

/** A form of a film, without a place in it. */
export type FilmForm = Omit<Form, 'startSeconds'>;

/** What a viewer may choose: `auto`, `original`, `remux`, or the height of a transcoded picture. */
export type Quality = 'auto' | 'original' | 'remux' | number;

/** What the viewer has chosen, the form that gives it, and what was tried in its place. */
export interface Choice {
  quality(): Quality;
  audioTrack(): number | null;
  form(): FilmForm;
  /** The original has the default audio track. */
  setQuality(quality: Quality): void;
  /** A track other than the default one (null) needs a rendition, so the original is repackaged for it. */
  setAudioTrack(track: number | null): void;
  /** Forgets what was tried: the form is the one that was chosen. */
  reset(): void;
  /** Counts the present form as tried. */
  markTried(): void;
  /** Takes the next form to try; null when none is left. `audioLost`: it does not have the chosen audio track. */
  takeAlternative(): { audioLost: boolean } | null;
}

export function createChoice(formFor: (quality: Quality, audioTrack: number | null) => FilmForm): Choice {
  const tried = new Set<Form['rendition']>();
  let quality: Quality = 'auto';
  let audioTrack: number | null = null;
  let form = formFor(quality, audioTrack);
  const reset = () => {
    tried.clear();
    form = formFor(quality, audioTrack);
  };
  return {
    quality: () => quality,
    audioTrack: () => audioTrack,
    form: () => form,
    setQuality(next) {
      quality = next;
      if (next === 'original') audioTrack = null;
      reset();
    },
    setAudioTrack(track) {
      audioTrack = track;
      if (track !== null && quality === 'original') quality = 'remux';
      reset();
    },
    reset,
    markTried: () => void tried.add(form.rendition),
    takeAlternative() {
      const next = alternativeTo(form, tried);
      if (!next) return null;
      form = next;
      const audioLost = audioTrack !== null && next.audioTrack === undefined;
      if (audioLost) audioTrack = null;
      return { audioLost };
    },
  };
}
