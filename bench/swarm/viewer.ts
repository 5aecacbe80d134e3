import { createViewerClient } from '@giggityflix/player';
import { nodeHashing, offerChannel, readFilmFrom } from '@giggityflix/player/node';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import type { FromReceiver, ToReceiver } from './messages.ts';

/** The player in Node.js, in a process of its own: every piece is proven and thrown away. */
const report = (message: FromReceiver) => process.send?.(message);
const listeners = new Map<string, (signal: NonNullable<ToReceiver & { type: 'signal' }>['signal']) => void>();
type Play = ToReceiver & { type: 'play' };

async function play(order: Play): Promise<void> {
  const { sessionId, sizeBytes, seconds } = order;
  const connections = await Promise.all(order.tokens.map((token, source) => connect(order, source, token)));
  const clients = connections.map(({ client }) => client);
  // What came, as with the others: pieces would be too coarse a measure where few come.
  const received = () => clients.reduce((sum, client) => sum + client.receivedBytes(), 0);
  let over = false;
  const reading = (async () => {
    while (!over) await readFilmFrom({ clients, sizeBytes });
  })().catch((error) => {
    if (!over) throw error;
  });
  const askedAt = performance.now();
  await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, seconds * 1_000))]);
  over = true;
  report({ type: 'result', sessionId, bytes: received(), ms: performance.now() - askedAt });
  for (const { close } of connections) close();
}

async function connect({ sessionId, catalogId }: Play, source: number, token: string) {
  const { promise: opened, resolve: open, reject } = Promise.withResolvers<void>();
  const connection = offerChannel(
    { label: DATA_CHANNEL_LABEL, iceServers: [] },
    {
      candidate: ({ candidate, sdpMid }) =>
        report({
          type: 'signal',
          sessionId,
          source,
          signal: { $case: 'candidate', value: { candidate, sdpMid: sdpMid ?? '0' } },
        }),
      opened: open,
      message: (message) => client.receive(message),
      closed: () => {
        reject(new Error('the channel closed'));
        client.closed('the channel closed');
      },
      state: () => {},
    },
  );
  const client = createViewerClient({
    catalogId,
    hashing: nodeHashing,
    send: (text) => connection.send(text),
  });
  listeners.set(`${sessionId} ${source}`, (signal) => {
    if (signal?.$case === 'description') void connection.accept(signal.value.sdp);
    else if (signal?.$case === 'candidate')
      connection.addCandidate({
        candidate: signal.value.candidate,
        sdpMid: signal.value.sdpMid ?? null,
        sdpMLineIndex: null,
      });
    else if (signal?.$case === 'lost') reject(new Error(signal.value.reason));
  });
  const sdp = await connection.offer;
  report({
    type: 'signal',
    sessionId,
    source,
    signal: { $case: 'description', value: { type: 'offer', sdp } },
  });
  await opened;
  await client.open({ token, rendition: 'original', startSeconds: 0 });
  return {
    client,
    close() {
      connection.send(JSON.stringify({ type: 'close' }));
      connection.close();
    },
  };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToReceiver) => {
  if (message.type === 'signal') listeners.get(`${message.sessionId} ${message.source}`)?.(message.signal);
  else if (message.type === 'play') void play(message);
});
