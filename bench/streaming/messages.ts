import type { Signal } from '../../peer/testing/channel.ts';

interface Signalling {
  type: 'signal';
  sessionId: string;
  signal: Signal;
}

/** From the benchmark to its viewers' process. */
export type ToViewer =
  | Signalling
  | { type: 'count'; sessionId: string; bytes: number }
  | { type: 'play'; sessionId: string; catalogId: string; token: string; bytes: number; sizeBytes: number };

/** And back. Times are in milliseconds. */
export type FromViewer =
  | Signalling
  | { type: 'result'; sessionId: string; ms: number; firstByteMs: number; seekMs: number };
