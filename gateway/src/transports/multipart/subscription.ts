import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Engine, Opened } from '../../engine/engine.ts';
import { type ClientError, clientError } from '../../errors.ts';
import type { Admission, Visitor } from '../visitor.ts';
import type { SubscriptionFormat } from './accept.ts';
import { MULTIPART, type MultipartResponses } from './responses.ts';

const FORMATS = {
  apollo: {
    contentType: `${MULTIPART};subscriptionSpec=1.0`,
    heartbeat: '{}',
    event: (json: string) => `{"payload":${json}}`,
    failure: (errors: string) => `{"payload":null,"errors":${errors}}`,
  },
  plain: {
    contentType: MULTIPART,
    heartbeat: null,
    event: (json: string) => json,
    failure: (errors: string) => `{"errors":${errors}}`,
  },
};

/** Answers with the events of a subscription; false when the client's address has too many streams open. */
export function answerWithEvents(
  deps: { engine: Engine; admission: Admission; responses: MultipartResponses },
  { request, reply, visitor }: { request: FastifyRequest; reply: FastifyReply; visitor: Visitor },
  opened: Opened & { kind: 'ready' },
  format: SubscriptionFormat,
): boolean {
  const { contentType, heartbeat, event, failure } = FORMATS[format];
  let leave = () => {};
  let cancelExpiry = () => {};
  const onClose = () => {
    cancelExpiry();
    leave();
  };
  const parts = deps.responses.open(request, reply, { contentType, heartbeat, onClose });
  if (!parts) return false;
  // Closed before there was anything to leave.
  if (parts.closed) return true;
  const fail = (errors: readonly ClientError[]) => {
    parts.send(failure(JSON.stringify(errors)));
    parts.end();
  };
  leave = deps.engine.subscribe(opened, visitor.context, {
    next: (_result, json) => parts.send(event(json)),
    failed: fail,
    completed: () => parts.end(),
  });
  cancelExpiry = deps.admission.atEnd(visitor, () => {
    leave();
    fail([clientError('UNAUTHENTICATED', 'the credentials have expired')]);
  });
  return true;
}
