import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { createEventHub } from '@giggityflix/kernel';
import { GraphQLError, graphql } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { policyOf } from '../../gateway/src/transports/http/web.ts';
import { composedSchema } from './composed-schema.ts';
import { createFakeLists } from './fake-lists.ts';
import type { FakeSignIn } from './fake-sign-in.ts';
import { createFakeSignalling, type SignalTarget } from './fake-signalling.ts';

const schema = composedSchema();

const MIME: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

export interface FakeFile {
  catalogId: string;
  name: string;
  sizeBytes: number;
  durationSeconds: number;
  container: string;
  videoCodec: string;
  audioCodec: string;
  /** Where the visitor left off. */
  progressSeconds?: number;
}

interface LeaveArguments {
  sessionId: string;
  source: number;
  problem?: string | null;
}

/** Serves the built pages and a GraphQL API without any service behind it. */
export async function startFakeGateway(options: {
  webRoot: string;
  file: FakeFile;
  signToken(sessionId: string, catalogId: string): Promise<string>;
  /** Where people sign in; nobody does without it. */
  signIn?: FakeSignIn;
  /** What is asked about people. */
  people?: object;
  /** Peers that may serve a session at once. */
  maxSources?: number;
}) {
  const { signIn } = options;
  const { progressSeconds, ...file } = options.file;
  const lists = createFakeLists({ catalogId: file.catalogId, progressSeconds });
  const hub = createEventHub<object>();
  const calls: { operation: string; at: number; variables: Record<string, unknown> }[] = [];
  const http = { bytes: 0 };
  let parts: object = {};
  let peers: SignalTarget[] = [];
  const signalling = createFakeSignalling({ catalogId: file.catalogId, hub, peers: () => peers });
  let sessions = 0;
  let isHidden = false;
  /** The account plays on as many screens as it may, this one not among them. */
  let isFull = false;
  const ended = new Set<string>();
  const availability = () => ({ isAvailable: peers.length > 0, peerCount: peers.length });
  const media = () => ({
    ...file,
    mimeType: null,
    width: 640,
    height: 360,
    language: null,
    tracks: [],
    chapters: [],
    markers: [],
    ...parts,
    availability: availability(),
  });
  const title = () => ({
    id: 'title-1',
    name: file.name,
    year: 2026,
    kind: 'CLIP',
    season: null,
    episode: null,
    lastEpisode: null,
    genres: [],
    studios: [],
    people: [],
    ratings: [],
    extras: [],
    artwork: [],
    files: [media()],
    ...lists.fields,
  });
  const session = (id: string) => ({
    id,
    status: 'ACTIVE',
    positionSeconds: 0,
    deviceId: 'x',
    startedAt: new Date().toISOString(),
  });

  const root = {
    titles: () => ({
      totalCount: 1,
      pageInfo: { hasNextPage: false, endCursor: null },
      edges: [{ cursor: '1', node: title() }],
    }),
    title: title,
    mediaFile: () => (isHidden ? null : { ...media(), title: title() }),
    ...lists.rootOf(() => ({ ...media(), title: title() })),
    catalogAvailability: ({ catalogIds }: { catalogIds: string[] }) =>
      catalogIds.map((catalogId) => ({ catalogId, ...availability() })),
    concurrency: () => ({
      activeSessions: isFull ? [{ ...session('elsewhere'), file: { ...media(), title: title() } }] : [],
    }),
    async createPlaybackSession({ input }: { input: { catalogId: string; offer?: { sdp: string } } }) {
      if (isFull)
        return {
          __typename: 'ConcurrencyLimitReached',
          maxConcurrentStreams: 1,
          activeSessions: [session('elsewhere')],
        };
      if (peers.length === 0)
        return { __typename: 'ContentUnavailable', message: 'no peer has the film now' };
      const id = `session-${++sessions}`;
      const playbackToken = await options.signToken(id, input.catalogId);
      const signals = input.offer ? await signalling.offerFirst(id, input.offer) : null;
      return {
        __typename: 'PlaybackSessionCreated',
        session: session(id),
        playbackToken,
        iceServers: [],
        maxSources: options.maxSources ?? 1,
        offerAccepted: signals !== null,
        signals: signals ?? [],
      };
    },
    async refreshPlaybackToken({ token }: { token: string }) {
      const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
      if (ended.has(claims.session_id))
        throw new GraphQLError('the session has ended', { extensions: { code: 'CONFLICT' } });
      return { playbackToken: await options.signToken(claims.session_id, claims.content_id) };
    },
    leavePlaybackSource: ({ sessionId, source, problem }: LeaveArguments) =>
      signalling.leave(sessionId, source, problem ?? null),
    playbackHeartbeat: ({ sessionId }: { sessionId: string }) => ({ session: session(sessionId) }),
    pausePlayback: ({ sessionId }: { sessionId: string }) => ({ session: session(sessionId) }),
    resumePlayback: ({ sessionId }: { sessionId: string }) => ({ session: session(sessionId) }),
    stopPlayback({ sessionId }: { sessionId: string }) {
      if (sessionId === 'elsewhere') isFull = false;
      return { session: session(sessionId) };
    },
    ...options.people,
    subscribeToCatalog: () => ({ subscription: { id: 'subscription-1' } }),
    sendPlaybackSignal: signalling.send,
  };
  const follow = async function* (topic: string, field: string) {
    for await (const event of hub.read([topic])) yield { [field]: event };
  };
  const followSignals = async function* (sessionId: string) {
    const live = hub.read([sessionId]);
    for (const event of signalling.signalled(sessionId)) yield { playbackSignals: event };
    for await (const event of live) yield { playbackSignals: event };
  };
  const subscriptions = {
    playbackSignals: ({ sessionId }: { sessionId: string }) => followSignals(sessionId),
    catalogAvailabilityChanged: () => follow('availability', 'catalogAvailabilityChanged'),
    catalogSubscriptionMatched: () => follow('matched', 'catalogSubscriptionMatched'),
  };

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    if (signIn && (await signIn.handle(request, response))) return;
    if (request.method === 'POST' && pathname === '/graphql') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { query, variables } = JSON.parse(Buffer.concat(parts).toString());
      const operation = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
      if (signIn && !signIn.admits(request.headers.authorization)) {
        const errors = [{ message: 'not valid', extensions: { code: 'UNAUTHENTICATED' } }];
        response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
        return;
      }
      calls.push({ operation, at: Date.now(), variables });
      const result = await graphql({ schema, source: query, variableValues: variables, rootValue: root });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
      return;
    }
    const wanted = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    try {
      const body = readFileSync(join(options.webRoot, wanted));
      http.bytes += body.byteLength;
      response.setHeader('content-security-policy', policyOf(pathname));
      response.setHeader('content-type', MIME[extname(wanted)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const disposable = useServer(
    {
      schema,
      roots: { subscription: subscriptions as never },
      onConnect: ({ connectionParams }) => !signIn || signIn.admits(String(connectionParams?.authorization)),
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  signIn?.serveAt(url);

  return {
    url,
    calls,
    lists,
    servedBy: signalling.servedBy,
    /** The sources that players left. */
    left: signalling.left,
    /** Bytes of pages and scripts; nothing else is ever served over HTTP. */
    httpBytes: () => http.bytes,
    /** What is known of the parts of the film. */
    setParts(next: { chapters?: object[]; markers?: object[] }) {
      parts = next;
    },
    setPeers(next: SignalTarget[]) {
      peers = next;
      hub.emit('availability', { catalogId: file.catalogId, ...availability() });
    },
    relay: signalling.relay,
    loseServer: signalling.lose,
    matched: () =>
      hub.emit('matched', { catalogId: file.catalogId, file: { title: { id: 'title-1', name: file.name } } }),
    /** Ends the sessions, as the platform does when their films may be watched no longer. */
    endSessions() {
      for (const sessionId of signalling.endSessions()) ended.add(sessionId);
    },
    /** The film plays elsewhere, and may not on a further screen. */
    playElsewhere() {
      isFull = true;
    },
    /** Who asks may not see the film. */
    hideFilm() {
      isHidden = true;
    },
    /** Closes the sockets, as when their tokens hold no longer. */
    closeSockets() {
      for (const socket of sockets.clients) socket.close(4403, 'Forbidden');
    },
    socketCount: () => sockets.clients.size,
    async stop() {
      await disposable.dispose();
      hub.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
