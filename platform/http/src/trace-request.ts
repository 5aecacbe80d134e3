import { underTrace, withTrace } from '@giggityflix/kernel';
import { isTracing, type Span, startSpan } from '@giggityflix/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Requests of probes and scrapers, which say nothing about a user's request. */
const UNTRACED = new Set(['/health', '/ready', '/metrics']);

/** Runs the rest of a request as part of the trace that its `traceparent` header names. */
export function traceRequest(
  service: string,
  request: FastifyRequest,
  reply: FastifyReply,
  next: () => void,
): void {
  const { traceparent } = request.headers;
  const given = typeof traceparent === 'string' ? traceparent : undefined;
  const span = isTracing() ? requestSpan(service, request, given) : undefined;
  if (!span) {
    withTrace(given, next);
    return;
  }
  // Emitted after a whole answer as well as when the client disconnected before one.
  reply.raw.once('close', () => {
    const { statusCode, writableFinished } = reply.raw;
    if (writableFinished) span.set({ 'http.response.status_code': statusCode });
    if (!writableFinished) span.fail('aborted');
    else if (statusCode >= 500) span.fail(String(statusCode));
    span.end();
  });
  underTrace(span.traceparent, next);
}

function requestSpan(service: string, request: FastifyRequest, parent: string | undefined): Span | undefined {
  const route = request.routeOptions.url;
  if (route !== undefined && UNTRACED.has(route)) return undefined;
  return startSpan(route ? `${request.method} ${route}` : request.method, {
    kind: 'server',
    service,
    parent: parent ?? null,
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'url.scheme': request.protocol,
    },
  });
}
