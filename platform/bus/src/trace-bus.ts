import { TRACEPARENT } from '@giggityflix/kernel';
import { errorType, inSpan, isTracing, startSpan } from '@giggityflix/telemetry';
import {
  type Bus,
  DEFAULT_RETRY,
  type IncomingRecord,
  type OutgoingRecord,
  RejectMessage,
  type Route,
} from './bus.ts';

/**
 * The same bus, whose records carry the span that published them, and whose handlers run in a span that
 * continues it: one for each attempt. Without a tracer every call goes straight through.
 *
 * @param system What `messaging.system` says.
 */
export function traceBus(bus: Bus, system: string): Bus {
  return {
    ...bus,
    publish: (records) =>
      isTracing()
        ? publishTraced(bus, system, Array.isArray(records) ? records : [records as OutgoingRecord])
        : bus.publish(records),
    consume: (options) =>
      bus.consume({
        ...options,
        routes: options.routes.map((route) => {
          const finalAttempt = (options.retry ?? DEFAULT_RETRY).maxRetries + 1;
          return traced(route, system, { groupId: options.groupId, finalAttempt });
        }),
      }),
    broadcast: (options) =>
      bus.broadcast({ ...options, routes: options.routes.map((route) => traced(route, system, {})) }),
  };
}

async function publishTraced(bus: Bus, system: string, records: readonly OutgoingRecord[]): Promise<void> {
  const sends = records.map((record) => {
    const topic = record.topic.name;
    const span = startSpan(`send ${topic}`, {
      kind: 'producer',
      parent: record.headers?.[TRACEPARENT],
      attributes: {
        'messaging.system': system,
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'send',
        'messaging.destination.name': topic,
      },
    });
    const headers = span ? { ...record.headers, [TRACEPARENT]: span.traceparent } : record.headers;
    return { span, record: { ...record, ...(headers && { headers }) } };
  });
  try {
    await bus.publish(sends.map(({ record }) => record));
  } catch (error) {
    for (const { span } of sends) span?.fail(errorType(error));
    throw error;
  } finally {
    for (const { span } of sends) span?.end();
  }
}

function traced(route: Route, system: string, group: { groupId?: string; finalAttempt?: number }): Route {
  return {
    topic: route.topic,
    handle: (record) => (isTracing() ? handleTraced(route, record, system, group) : route.handle(record)),
  };
}

function handleTraced(
  route: Route,
  record: IncomingRecord,
  system: string,
  { groupId, finalAttempt }: { groupId?: string; finalAttempt?: number },
): Promise<void> {
  return inSpan(
    `process ${record.topic}`,
    {
      kind: 'consumer',
      parent: record.headers[TRACEPARENT] ?? null,
      attributes: {
        'messaging.system': system,
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.destination.name': record.topic,
        'messaging.destination.partition.id': String(record.partition),
        'messaging.consumer.group.name': groupId,
        'giggityflix.attempt': record.attempt,
      },
    },
    async (span) => {
      try {
        await route.handle(record);
      } catch (error) {
        if (finalAttempt !== undefined) {
          const last = error instanceof RejectMessage || record.attempt >= finalAttempt;
          span?.event(last ? 'dead letter' : 'retry', { 'error.type': errorType(error) });
        }
        throw error;
      }
    },
  );
}
