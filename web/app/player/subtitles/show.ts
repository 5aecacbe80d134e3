import type { Loaded } from './loaded.ts';
import { createPictureScreen } from './picture-screen.ts';
import type { SubtitleScreen } from './screen.ts';
import { createTextScreen } from './text-screen.ts';

export interface ShowOptions {
  video: HTMLVideoElement;
  label: string;
  language: string | null;
  isCaptions: boolean;
  offsetSeconds: number;
  /** A track is shown without its styles, and why. */
  onPlain(reason: string): void;
  signal: AbortSignal;
}

/** Shows subtitles in their own form; SubStation Alpha as plain text where it cannot be drawn. What draws is loaded when it is needed. */
export async function showLoaded(loaded: Loaded, options: ShowOptions): Promise<SubtitleScreen> {
  switch (loaded.kind) {
    case 'text':
      return createTextScreen({ ...options, cues: loaded.cues });
    case 'ass':
      return showAss(loaded, options);
    case 'pgs': {
      const { loadPgs } = await import('./pgs-source.ts');
      return createPictureScreen({ ...options, source: await loadPgs(loaded.file) });
    }
    case 'vobsub': {
      const { loadVobSub } = await import('./vob-sub-source.ts');
      return createPictureScreen({ ...options, source: loadVobSub(loaded.file, loaded.index) });
    }
  }
}

async function showAss(
  { script, fonts, cues }: Loaded & { kind: 'ass' },
  options: ShowOptions,
): Promise<SubtitleScreen> {
  const { signal, onPlain } = options;
  try {
    // The font that comes with the page has letters of Europe alone; the browser's own have all.
    if (fonts.length === 0 && !isEuropean(script)) throw new Error('the film brings no font for its letters');
    const { createAssScreen } = await import('./ass-screen.ts');
    return await createAssScreen({ ...options, script, fonts });
  } catch (error) {
    signal.throwIfAborted();
    onPlain((error as Error).message);
    return createTextScreen({ ...options, cues });
  }
}

const OTHER_LETTER = /(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{L}/gu;
/** A word in another script, as in a name, is no reason to leave the styles out. */
const MAX_OTHER_LETTERS = 20;

function isEuropean(script: string): boolean {
  return (script.match(OTHER_LETTER)?.length ?? 0) <= MAX_OTHER_LETTERS;
}
