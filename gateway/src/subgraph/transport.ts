import { type Dispatcher, Pool } from 'undici';

/** One HTTP exchange with a subgraph. */
export interface HttpAnswer {
  status: number;
  contentType: string;
  cacheControl: string | null;
  text: string;
}

/** Why there was no answer. `sent` is false when the subgraph cannot have seen the request. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly sent: boolean;
  readonly timedOut: boolean;

  constructor(message: string, options: { sent: boolean; timedOut: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.sent = options.sent;
    this.timedOut = options.timedOut;
  }
}

export interface Transport {
  /** @throws TransportError */
  post(body: string, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Connections kept to one subgraph: beyond these, requests wait for one to come free. */
const MAX_CONNECTIONS = 64;
/** Shorter than the 72 s after which our servers close an idle connection. */
const KEEP_ALIVE_MS = 60_000;
/** An answer beyond this is a fault, and reading on would cost everyone's memory. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Posts GraphQL requests to one URL over a pool of kept-alive connections. */
export function createTransport(options: { url: string; timeoutMs: number }): Transport {
  const url = new URL(options.url);
  const path = `${url.pathname}${url.search}`;
  const pool = new Pool(url.origin, {
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    connect: { timeout: Math.min(options.timeoutMs, 3_000) },
  });
  return {
    post: (body, headers) =>
      new Promise((resolve, reject) => {
        pool.dispatch({ method: 'POST', path, headers, body }, collect(resolve, reject));
      }),
    close: () => pool.destroy(),
  };
}

function collect(
  resolve: (answer: HttpAnswer) => void,
  reject: (error: TransportError) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let started = false;
  let status = 0;
  let contentType = '';
  let cacheControl: string | null = null;
  return {
    onRequestStart() {
      started = true;
    },
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode;
      contentType = String(headers['content-type'] ?? '');
      const given = headers['cache-control'];
      cacheControl = typeof given === 'string' ? given : null;
    },
    onResponseData(controller, chunk) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES)
        controller.abort(new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`));
      else chunks.push(chunk);
    },
    onResponseEnd() {
      const text = chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks, bytes).toString();
      resolve({ status, contentType, cacheControl, text });
    },
    onResponseError(_controller, error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      reject(
        new TransportError(error.message || code, {
          sent: started && !NEVER_SENT.has(code),
          timedOut: TIMEOUTS.has(code),
          cause: error,
        }),
      );
    },
  };
}
