import JASSUB from 'jassub';
import { addresses } from '../../addresses.ts';
import { assWorkerUrl } from '../script-url.ts';
import type { SubtitleScreen } from './screen.ts';

/** A worker that has not begun by then does not. */
const START_MS = 15_000;
/** Bitmaps and glyphs libass may keep, in MiB and in number. */
const MEMORY_LIMIT_MIB = 128;
const GLYPH_LIMIT = 10_000;
const MAX_LINES = 1_440;

/** WebAssembly with 128-bit vectors whose results may differ a little (relaxed SIMD), as the faster build needs. */
const RELAXED_SIMD = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00, 0x0a, 0x2b, 0x01, 0x29, 0x00, 0xfd, 0x0c],
  ...new Array<number>(16).fill(0),
  ...[0xfd, 0x0c],
  ...new Array<number>(16).fill(0),
  ...[0xfd, 0x80, 0x02, 0x0b],
);

export interface AssScreenOptions {
  video: HTMLVideoElement;
  script: string;
  fonts: Uint8Array[];
  offsetSeconds: number;
  signal: AbortSignal;
}

/**
 * Draws SubStation Alpha with its styles, by libass in a worker of its own, which alone may compile WebAssembly.
 *
 * @throws Error where the browser cannot do it
 */
export async function createAssScreen(options: AssScreenOptions): Promise<SubtitleScreen> {
  const { video, script, fonts, offsetSeconds, signal } = options;
  if (!('transferControlToOffscreen' in HTMLCanvasElement.prototype))
    throw new Error('this browser cannot draw in a worker');
  // The package would compile a module to find out, which is not allowed to this page.
  JASSUB._supportsSIMD = WebAssembly.validate(RELAXED_SIMD);
  const canvas = document.createElement('canvas');
  canvas.className = 'drawn-subtitles';
  video.after(canvas);
  let failed: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  const timer = setTimeout(() => failed(new Error('it takes too long to begin')), START_MS);
  const drawing = new JASSUB({
    video,
    canvas,
    subContent: script,
    fonts,
    // The policy on scripts wants a trusted URL, where the package's type wants a text.
    workerUrl: assWorkerUrl,
    wasmUrl: addresses.assWasm,
    modernWasmUrl: addresses.assModernWasm,
    availableFonts: { 'liberation sans': addresses.assFont },
    queryFonts: false,
    maxRenderHeight: MAX_LINES,
    libassMemoryLimit: MEMORY_LIMIT_MIB,
    libassGlyphLimit: GLYPH_LIMIT,
    timeOffset: -offsetSeconds,
  });
  const stop = () => {
    clearTimeout(timer);
    canvas.remove();
    // Ending waits for the worker, which may never have begun.
    drawing._worker.terminate();
    drawing.destroy().catch(() => {});
  };
  drawing._worker.addEventListener('error', () => failed(new Error('its worker cannot begin')));
  const abort = () => failed(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([drawing.ready, failure]);
    // Its constructor answers with nothing when it fails.
    if (!drawing.renderer) throw new Error('its worker cannot begin');
  } catch (error) {
    stop();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  const redraw = () => void drawing.resize(true).catch(() => {});
  return {
    setOffset(seconds) {
      drawing.timeOffset = -seconds;
      redraw();
    },
    reshow: redraw,
    stop,
  };
}
