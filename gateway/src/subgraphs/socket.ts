import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, validateMessage } from 'graphql-ws';
import { WebSocket } from 'ws';
import { parseJson } from './json.ts';

/** Deadlines of a connection, in milliseconds. */
export interface SocketTimings {
  /** For the WebSocket handshake, connecting included. */
  handshakeMs: number;
  /** For the acknowledgement after it. */
  ackMs: number;
  /** Time without a message after which the other side is asked for a sign of life. */
  quietMs: number;
  /** For that sign. */
  pongMs: number;
}

/** Why a connection ended. */
export interface SocketEnd {
  /**
   * - `refused`: the credentials are not accepted.
   * - `unfit`: what is there does not serve subscriptions as we ask for them; another attempt would end alike.
   * - `lost`: everything else, from a restart to a broken cable.
   */
  kind: 'refused' | 'unfit' | 'lost';
  reason: string;
}

export interface SocketListener {
  acknowledged(): void;
  next(id: string, payload: Record<string, unknown>): void;
  error(id: string, errors: unknown): void;
  complete(id: string): void;
  /** Called once, and nothing after it. */
  ended(end: SocketEnd): void;
}

export interface SubgraphSocket {
  subscribe(id: string, payload: Record<string, unknown>): void;
  complete(id: string): void;
  /** Ends it without a call of `ended`. */
  close(): void;
}

const REFUSED_STATUS = new Set([401, 403]);
/** Answers of a server, or of a proxy before it, that is there but not ready. */
const PASSING_STATUS = new Set([408, 425, 429]);
const REFUSED_CLOSE = new Set<number>([CloseCode.Forbidden, CloseCode.Unauthorized]);
const UNFIT_CLOSE = new Set<number>([
  CloseCode.BadRequest,
  CloseCode.SubprotocolNotAcceptable,
  CloseCode.ConnectionInitialisationTimeout,
]);

/**
 * One graphql-transport-ws connection, whose end is always noticed. The client of `graphql-ws` has no deadline for the
 * handshake or a pong, takes some closes (1011) for final and repeats others (1000) without a pause.
 */
export function openSocket(
  options: {
    url: string;
    headers: Readonly<Record<string, string>>;
    authorization: string | undefined;
    /** Events have numbers with more digits than JavaScript's. */
    lossless: boolean;
    timings: SocketTimings;
  },
  listener: SocketListener,
): SubgraphSocket {
  const { timings, authorization } = options;
  const socket = new WebSocket(options.url, GRAPHQL_TRANSPORT_WS_PROTOCOL, {
    headers: { ...options.headers },
    handshakeTimeout: timings.handshakeMs,
  });
  let ended = false;
  let acknowledged = false;
  let deadline: NodeJS.Timeout | undefined;
  let quiet: NodeJS.Timeout | undefined;

  const end = (why: SocketEnd | null) => {
    if (ended) return;
    ended = true;
    clearTimeout(deadline);
    clearTimeout(quiet);
    // Closing would wait for a peer that may be gone; what is to be said to it has been sent.
    if (why !== null) socket.terminate();
    if (why) listener.ended(why);
  };
  const send = (message: object) => {
    if (!ended && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const askForLife = () => {
    send({ type: MessageType.Ping });
    deadline = setTimeout(
      () => end({ kind: 'lost', reason: `gave no sign of life within ${timings.pongMs} ms` }),
      timings.pongMs,
    );
  };
  const receive = (text: string) => {
    const message = validateMessage(parseJson(text, options.lossless));
    if (acknowledged) {
      clearTimeout(deadline);
      quiet?.refresh();
    }
    if (message.type === MessageType.Ping) return send({ type: MessageType.Pong });
    if (message.type === MessageType.Pong) return;
    if (!acknowledged) {
      if (message.type !== MessageType.ConnectionAck) throw new Error('not an acknowledgement');
      acknowledged = true;
      clearTimeout(deadline);
      quiet = setTimeout(askForLife, timings.quietMs);
      return listener.acknowledged();
    }
    if (message.type === MessageType.Next)
      listener.next(message.id, message.payload as unknown as Record<string, unknown>);
    else if (message.type === MessageType.Error) listener.error(message.id, message.payload);
    else if (message.type === MessageType.Complete) listener.complete(message.id);
  };

  socket.on('open', () => {
    send({
      type: MessageType.ConnectionInit,
      payload: authorization === undefined ? {} : { authorization },
    });
    deadline = setTimeout(
      () => end({ kind: 'unfit', reason: `did not acknowledge the connection within ${timings.ackMs} ms` }),
      timings.ackMs,
    );
  });
  socket.on('message', (data) => {
    if (ended) return;
    try {
      receive(String(data));
    } catch {
      end({ kind: 'unfit', reason: 'does not speak graphql-transport-ws' });
    }
  });
  socket.on('unexpected-response', (request, response) => {
    request.destroy();
    const status = response.statusCode ?? 0;
    const reason = `answered ${status} to the handshake`;
    if (REFUSED_STATUS.has(status)) end({ kind: 'refused', reason });
    else if (status >= 500 || PASSING_STATUS.has(status)) end({ kind: 'lost', reason });
    else end({ kind: 'unfit', reason });
  });
  socket.on('error', ({ message }) => {
    // What `ws` says of an answer that is no WebSocket handshake, or of another protocol's.
    if (/subprotocol|Sec-WebSocket|Upgrade header/i.test(message))
      end({ kind: 'unfit', reason: 'does not speak graphql-transport-ws' });
    else if (/handshake has timed out/i.test(message))
      end({ kind: 'unfit', reason: `did not answer the handshake within ${timings.handshakeMs} ms` });
    else end({ kind: 'lost', reason: 'does not answer' });
  });
  socket.on('close', (code) => {
    if (REFUSED_CLOSE.has(code)) end({ kind: 'refused', reason: `closed the connection with ${code}` });
    else
      end({ kind: UNFIT_CLOSE.has(code) ? 'unfit' : 'lost', reason: `closed the connection with ${code}` });
  });

  return {
    subscribe: (id, payload) => send({ id, type: MessageType.Subscribe, payload }),
    complete: (id) => send({ id, type: MessageType.Complete }),
    close() {
      if (ended) return;
      end(null);
      if (socket.readyState === WebSocket.OPEN) socket.close(1000, 'Normal Closure');
      else socket.terminate();
    },
  };
}
