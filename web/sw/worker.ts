/// <reference lib="webworker" />
import { mediaTypeOf } from '@giggityflix/proto/media-type';

/**
 * Answers the video element's requests for `/film/…` with bytes the page has from a peer. Keeps no state: the
 * browser may end it between two requests.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;

/** On every answer: should a peer's bytes be shown as a page all the same, it can do nothing. */
const CONFINED = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};
/** How long the page may take to find a peer. The element gives up by itself much later. */
const HEAD_TIMEOUT_MS = 60_000;

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => {
  if (event.data?.type === 'claim') event.waitUntil(worker.clients.claim());
});
worker.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin === worker.location.origin && pathname.startsWith('/film/'))
    event.respondWith(
      isMediaElement(event.request) ? respond(event, pathname.slice('/film/'.length)) : refusal(404),
    );
});

function refusal(status: number): Response {
  const text = status === 404 ? 'There is no film here.\n' : 'The film cannot be read now.\n';
  return new Response(text, { status, headers: { ...CONFINED, 'content-type': 'text/plain' } });
}

/** A film is for media elements alone: as a page, a script or a frame its bytes would be on our origin. */
function isMediaElement(request: Request): boolean {
  return request.destination === 'video' || request.destination === 'audio';
}

/** Asks the very page that the element belongs to: others have films of their own. */
async function respond(event: FetchEvent, filmId: string): Promise<Response> {
  const page = await worker.clients.get(event.clientId);
  return page ? ask(page, filmId, event.request.headers.get('range')) : refusal(404);
}

function ask(page: Client, filmId: string, range: string | null): Promise<Response> {
  const { port1: port, port2 } = new MessageChannel();
  let body: ReadableStreamDefaultController<Uint8Array>;
  let pulled: (() => void) | null = null;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        body = controller;
      },
      pull() {
        port.postMessage({ type: 'pull' });
        return new Promise<void>((resolve) => {
          pulled = resolve;
        });
      },
      cancel() {
        pulled?.();
        port.postMessage({ type: 'cancel' });
      },
    },
    { highWaterMark: 0 },
  );
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(refusal(504)), HEAD_TIMEOUT_MS);
    port.onmessage = ({ data }) => {
      switch (data.type) {
        case 'head':
          clearTimeout(timer);
          return resolve(headOf(data, stream));
        case 'refused':
          clearTimeout(timer);
          return resolve(refusal(data.status));
        case 'part':
          body.enqueue(data.bytes);
          return pulled?.();
        case 'end':
          body.close();
          return pulled?.();
        case 'failed':
          clearTimeout(timer);
          body.error(new Error(data.message));
          pulled?.();
          return resolve(refusal(503));
      }
    };
    page.postMessage({ type: 'range', filmId, range }, [port2]);
  });
}

function headOf(
  head: { start: number; end: number; sizeBytes: number; mimeType: string },
  body: ReadableStream<Uint8Array>,
): Response {
  return new Response(body, {
    status: 206,
    headers: {
      ...CONFINED,
      'content-type': mediaTypeOf(head.mimeType),
      'content-length': String(head.end - head.start),
      'content-range': `bytes ${head.start}-${head.end - 1}/${head.sizeBytes}`,
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
    },
  });
}
