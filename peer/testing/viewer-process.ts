/** A viewer in a process of its own, run by `vanished.integration.test.ts`: opens the film, says so, and stays until it is killed. */
import type { PlaybackSignal } from '@giggityflix/proto';
import { connectViewer } from './viewer.ts';

const [sessionId = '', catalogId = '', token = ''] = process.argv.slice(2);
const viewer = await connectViewer(sessionId, catalogId, {
  send: ({ signal }) => process.send?.({ signal }),
  listen: (listener) => process.on('message', (signal: PlaybackSignal) => listener(signal)),
});
await viewer.client.open({ token, rendition: 'original', startSeconds: 0 });
process.send?.({ opened: true });
