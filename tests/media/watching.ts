/** The parts of the platform used below, which run in the page. */
interface WatchedVideo {
  currentTime: number;
  requestVideoFrameCallback(seen: (now: number, frame: { mediaTime: number }) => void): void;
}
interface WatchingPage {
  AudioContext: new () => {
    readonly sampleRate: number;
    readonly destination: unknown;
    createMediaElementSource(element: unknown): { connect(next: unknown): void };
    createAnalyser(): {
      fftSize: number;
      connect(next: unknown): void;
      getFloatTimeDomainData(samples: Float32Array): void;
    };
  };
  OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(
      kind: '2d',
      options: { willReadFrequently: boolean },
    ): {
      drawImage(video: unknown, x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
    };
  };
}

export interface Glimpse {
  /** When the picture is presented, and the brightness of its blocks. */
  picture: { at: number; luma: number[] };
  /** The clock of the player, and the sound until then. */
  sound: { at: number; sampleRate: number; samples: number[] };
}

export interface WatchOptions {
  blocks: readonly (readonly [number, number])[];
  width: number;
  height: number;
  sampleCount: number;
}

/**
 * Runs in the page, once for an element: gives a function that waits for its next picture and says what is seen and heard; null
 * where none comes.
 */
export function watchAndListen(element: unknown, options: WatchOptions): () => Promise<Glimpse | null> {
  const PATIENCE_MS = 5_000;
  const { blocks, width, height, sampleCount } = options;
  const video = element as WatchedVideo;
  const page = globalThis as unknown as WatchingPage;
  const context = new page.AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 4_096;
  context.createMediaElementSource(element).connect(analyser);
  analyser.connect(context.destination);
  const canvas = new page.OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  const heard = new Float32Array(analyser.fftSize);
  return () =>
    new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE_MS);
      video.requestVideoFrameCallback((_now, { mediaTime }) => {
        canvas.drawImage(element, 0, 0, width, height);
        const { data } = canvas.getImageData(0, 0, width, height);
        analyser.getFloatTimeDomainData(heard);
        const samples = Array.from(heard.subarray(heard.length - sampleCount));
        const luma = blocks.map(
          ([x, y]) => data[4 * (Math.floor(y * height) * width + Math.floor(x * width))]!,
        );
        resolve({
          picture: { at: mediaTime, luma },
          sound: { at: video.currentTime, sampleRate: context.sampleRate, samples },
        });
      });
    });
}
