/** The parts of the Web Audio API used below, which run in the page. */
interface AudioPage {
  AudioContext: new () => {
    readonly sampleRate: number;
    readonly destination: unknown;
    createMediaElementSource(element: unknown): { connect(next: unknown): void };
    createAnalyser(): {
      fftSize: number;
      smoothingTimeConstant: number;
      connect(next: unknown): void;
      getFloatFrequencyData(levels: Float32Array): void;
    };
  };
}

/** Runs in the page, once for an element: gives a function that returns its loudest frequency of the moment in Hertz, null in silence. */
export function listenTo(element: unknown): () => number | null {
  const SILENCE_DECIBELS = -80;
  const context = new (globalThis as unknown as AudioPage).AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 4_096;
  analyser.smoothingTimeConstant = 0;
  context.createMediaElementSource(element).connect(analyser);
  analyser.connect(context.destination);
  const levels = new Float32Array(analyser.fftSize / 2);
  return () => {
    analyser.getFloatFrequencyData(levels);
    const loudest = Math.max(...levels);
    return loudest < SILENCE_DECIBELS
      ? null
      : (levels.indexOf(loudest) * context.sampleRate) / analyser.fftSize;
  };
}
