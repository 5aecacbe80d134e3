import { offerChannel, type Signal } from '../../peer/testing/channel.ts';
import type { FromReceiver, ToReceiver } from './messages.ts';

/** Counts what comes over the library as it comes, in a process of its own. */
const report = (message: FromReceiver) => process.send?.(message);
const listeners = new Map<string, (signal: Signal) => void>();

async function count({ sessionId, seconds }: ToReceiver & { type: 'count' }): Promise<void> {
  let bytes = 0;
  const { channel, opened, disconnect } = offerChannel(
    { label: 'bare' },
    {
      send: (signal) => report({ type: 'signal', sessionId, source: 0, signal }),
      listen: (listener) => listeners.set(sessionId, listener),
    },
  );
  channel.onMessage((message) => {
    bytes += (message as Uint8Array).byteLength;
  });
  await opened;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  report({ type: 'result', sessionId, bytes, ms: performance.now() - startedAt });
  disconnect();
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToReceiver) => {
  if (message.type === 'signal') listeners.get(message.sessionId)?.(message.signal);
  else if (message.type === 'count') void count(message);
});
