import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Engine, Opened } from '../../engine/engine.ts';
import { clientError, type Result } from '../../errors.ts';
import { answerInParts, type IncrementalFormat } from '../incremental.ts';
import type { Admission, Visitor } from '../visitor.ts';
import { MULTIPART, type MultipartResponses, type PartStream } from './responses.ts';

const CONTENT_TYPES = {
  'v0.2': `${MULTIPART};incrementalSpec=v0.2`,
  '20220824': `${MULTIPART};deferSpec=20220824`,
};

/** Answers a query or mutation in parts. Gives the whole answer, not sent yet, when nothing of it is to come later. */
export function answerWithParts(
  deps: { engine: Engine; admission: Admission; responses: MultipartResponses },
  { request, reply, visitor }: { request: FastifyRequest; reply: FastifyReply; visitor: Visitor },
  opened: Opened & { kind: 'ready' },
  format: IncrementalFormat,
): Promise<Result | 'sent' | 'too many streams'> {
  return new Promise((resolve) => {
    let parts: PartStream | null = null;
    const end = () => {
      cancelExpiry();
      reply.raw.off('close', leave);
    };
    const stop = answerInParts(deps.engine, opened, visitor.context, {
      format,
      sink: {
        whole(result) {
          end();
          resolve(result);
        },
        payload(json, hasNext) {
          if (parts === null) {
            const contentType = CONTENT_TYPES[format];
            parts = deps.responses.open(request, reply, {
              contentType,
              heartbeat: null,
              onClose() {
                end();
                stop();
              },
            });
            resolve(parts ? 'sent' : 'too many streams');
            if (!parts) return stop();
          }
          parts.send(json);
          if (hasNext) return;
          end();
          parts.end();
        },
      },
    });
    const leave = () => {
      end();
      stop();
      resolve('sent');
    };
    const cancelExpiry = deps.admission.atEnd(visitor, () => {
      const errors = [clientError('UNAUTHENTICATED', 'the credentials have expired')];
      stop(errors);
      if (parts !== null) return;
      // Nothing was promised that could be called off.
      end();
      resolve({ errors, data: null });
    });
    reply.raw.once('close', leave);
  });
}
