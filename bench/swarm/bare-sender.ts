import { createBareSender } from '../streaming/bare-channel.ts';
import type { FromSender, ToSender } from './messages.ts';

/** Sends bytes that mean nothing over the library as it comes, in a process of its own, whose settings nobody has changed. */
const report = (message: FromSender) => process.send?.(message);
const senders = new Map<string, ReturnType<typeof createBareSender>>();

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToSender) => {
  if (message.type === 'blast') {
    const { sessionId } = message;
    const sender = createBareSender(Number.POSITIVE_INFINITY, (signal) =>
      report({ type: 'signal', sessionId, source: 0, signal }),
    );
    senders.set(sessionId, sender);
  } else if (message.type === 'signal') senders.get(message.sessionId)?.take(message.signal);
  else if (message.type === 'end') {
    senders.get(message.sessionId)?.close();
    senders.delete(message.sessionId);
  }
});
