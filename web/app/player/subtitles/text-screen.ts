import { type Cue, toWebVtt } from '@giggityflix/subtitles';
import type { SubtitleScreen } from './screen.ts';

export interface TextScreenOptions {
  video: HTMLVideoElement;
  cues: readonly Cue[];
  label: string;
  language: string | null;
  isCaptions: boolean;
  offsetSeconds: number;
}

/** Shows cues as the browser does, in its user's style. */
export function createTextScreen(options: TextScreenOptions): SubtitleScreen {
  const { video, cues, label, language, isCaptions } = options;
  let element: HTMLTrackElement | null = null;

  const hide = () => {
    if (element) URL.revokeObjectURL(element.src);
    element?.remove();
    element = null;
  };
  const show = (offsetSeconds: number) => {
    hide();
    element = document.createElement('track');
    element.kind = isCaptions ? 'captions' : 'subtitles';
    element.label = label;
    if (language) element.srclang = language;
    // Only cues are written: a stranger's style sheets are not.
    element.src = URL.createObjectURL(new Blob([toWebVtt(cues, offsetSeconds)], { type: 'text/vtt' }));
    video.append(element);
    element.track.mode = 'showing';
  };
  show(options.offsetSeconds);

  return {
    setOffset: show,
    reshow() {
      if (element) element.track.mode = 'showing';
    },
    stop: hide,
  };
}
