interface Signal {
  type: 'signal';
  sessionId: string;
  description?: { type: string; sdp: string };
  candidate?: object;
}

/** From the benchmark to its viewers' process. */
export type ToViewer =
  | Signal
  | { type: 'count'; sessionId: string; bytes: number }
  | { type: 'play'; sessionId: string; catalogId: string; token: string; bytes: number; sizeBytes: number };

/** And back. Times are in milliseconds. */
export type FromViewer =
  | Signal
  | { type: 'result'; sessionId: string; ms: number; firstByteMs: number; seekMs: number };
