import type { PeerMessage } from '@giggityflix/proto/data-channel';
import type { Requests } from './requests.ts';

/**
 * Does the work of a request that is not answered at once, and sends the message it ends with; null when its pieces follow.
 * The signal is aborted when nobody wants the answer any more: then nothing is sent, not even a failure.
 */
export type ViewerWork = (
  id: number,
  work: (signal: AbortSignal) => Promise<PeerMessage | null>,
) => Promise<void>;

export function createViewerWork(options: {
  requests: Pick<Requests, 'reserve' | 'cancel'>;
  send(message: PeerMessage): void;
  failWith(error: unknown, id: number): void;
}): ViewerWork {
  const { requests } = options;
  return async (id, work) => {
    const signal = requests.reserve(id);
    try {
      const answer = await work(signal);
      if (signal.aborted || !answer) return;
      requests.cancel(id);
      options.send(answer);
    } catch (error) {
      if (signal.aborted) return;
      requests.cancel(id);
      options.failWith(error, id);
    }
  };
}
