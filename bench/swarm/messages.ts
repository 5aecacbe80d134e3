import type { Signal } from '../../peer/testing/channel.ts';

interface Signalling {
  type: 'signal';
  sessionId: string;
  /** Which of the session's sources. */
  source: number;
  signal: Signal;
}

/** To a process that sends: a peer, or one that sends bytes that mean nothing. */
export type ToSender =
  | Signalling
  | { type: 'share'; path: string; jwks: string }
  | { type: 'blast'; sessionId: string }
  | { type: 'end'; sessionId: string };
export type FromSender = Signalling | { type: 'sharing'; catalogId: string };

/** To a process that receives. */
export type ToReceiver =
  | Signalling
  | {
      type: 'play';
      sessionId: string;
      sources: number;
      catalogId: string;
      sizeBytes: number;
      tokens: string[];
      seconds: number;
    }
  | { type: 'count'; sessionId: string; seconds: number };
export type FromReceiver = Signalling | { type: 'result'; sessionId: string; bytes: number; ms: number };
