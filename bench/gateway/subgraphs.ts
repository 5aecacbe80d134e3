/** The three subgraphs of the benchmark in one process, answering by hand what the plans ask. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface Request {
  query: string;
  variables?: { first?: number; after?: string; representations?: { id?: string; catalogId?: string }[] };
}

function answer({ query, variables = {} }: Request): unknown {
  if (variables.representations)
    return { _entities: variables.representations.map((entity) => entityOf(query, entity)) };
  const start = variables.after ?? '';
  return { titles: Array.from({ length: variables.first ?? 1 }, (_value, n) => title(`${start}${n}`)) };
}

function title(id: string) {
  return {
    __typename: 'Title',
    id,
    name: `The Title with the Number ${id}`,
    year: 2026,
    files: [file(`f${id}`)],
  };
}

function file(catalogId: string) {
  return {
    __typename: 'File',
    catalogId,
    sizeBytes: 123_456_789,
    container: 'mp4',
    videoCodec: 'avc1.64001f',
  };
}

function entityOf(query: string, { id, catalogId }: { id?: string; catalogId?: string }): unknown {
  if (query.includes('availability'))
    return { __typename: 'File', availability: { isAvailable: true, peerCount: 3 } };
  if (query.includes('progress'))
    return { __typename: 'Title', progress: { positionSeconds: 61.5, completed: false }, id };
  return { __typename: 'File', sizeBytes: 123_456_789, title: { id: 't1', name: `Title of ${catalogId}` } };
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const text = JSON.stringify({ data: answer(JSON.parse(String(Buffer.concat(chunks)))) });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

/** Subscriptions of the gateway, which get every event the parent process asks for. */
const subscribers = new Map<string, WebSocket>();
new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' }).on('connection', (socket) => {
  socket.on('message', (data) => {
    const { type, id } = JSON.parse(String(data));
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else if (type === 'subscribe') {
      subscribers.set(id, socket);
      process.send?.({ type: 'subscribed', count: subscribers.size });
    } else if (type === 'complete') subscribers.delete(id);
  });
});

process.on('message', ({ events }: { events: number }) => {
  for (let n = 0; n < events; n++)
    for (const [id, socket] of subscribers) {
      const file = { __typename: 'File', catalogId: 'f1' };
      const event = { catalogId: 'f1', isAvailable: true, peerCount: n, file };
      socket.send(JSON.stringify({ id, type: 'next', payload: { data: { availabilityChanged: event } } }));
    }
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () =>
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port }),
);
