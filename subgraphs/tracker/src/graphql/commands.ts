import { badInput, requireRole } from '@giggityflix/graphql';
import { z } from 'zod';
import type { PeerAnswer } from '../commands/router.ts';
import type { MutationResolvers } from '../generated/graphql.ts';
import { catalogId, peerId } from './arguments.ts';

const MAX_ALGORITHMS = 10;
/** As many as a peer takes. */
const MAX_SCREENSHOTS = 10;

/** What peers put in `result`; a peer is not trusted to keep to it. */
const hashResult = z.object({ hashes: z.record(z.string().max(20), z.string().max(256)) });
const captureResult = z.object({ quantity: z.int().min(0).max(MAX_SCREENSHOTS) });

export const commandMutations: Pick<
  MutationResolvers,
  'requestFileHash' | 'deletePeerFile' | 'captureScreenshots'
> = {
  async requestFileHash(_parent, { input }, context) {
    requireRole(context, 'operator');
    const algorithms = input.algorithms ?? undefined;
    if (
      algorithms &&
      (algorithms.length > MAX_ALGORITHMS || algorithms.some((name) => !/^[a-z0-9-]{2,20}$/.test(name)))
    )
      throw badInput(`algorithms: at most ${MAX_ALGORITHMS} names such as md5, sha1 or sha256`);
    const answer = await context.commands.send({
      type: 'file_hash',
      peerId: peerId(input.peerId),
      catalogId: catalogId(input.catalogId),
      parameters: algorithms ? { algorithms } : {},
    });
    const hashes = answer.success ? hashResult.safeParse(answer.result) : null;
    return {
      requestId: answer.requestId,
      hashes: hashes?.success
        ? Object.entries(hashes.data.hashes).map(([algorithm, value]) => ({ algorithm, value }))
        : null,
      error: errorOf(answer, hashes?.success),
    };
  },

  async deletePeerFile(_parent, { input }, context) {
    requireRole(context, 'operator');
    const answer = await context.commands.send({
      type: 'file_delete',
      peerId: peerId(input.peerId),
      catalogId: catalogId(input.catalogId),
    });
    return { requestId: answer.requestId, deleted: answer.success, error: errorOf(answer) };
  },

  async captureScreenshots(_parent, { input }, context) {
    requireRole(context, 'operator');
    const count = input.count ?? 3;
    if (count < 1 || count > MAX_SCREENSHOTS)
      throw badInput(`count is ${count}, and must be 1 to ${MAX_SCREENSHOTS}`);
    const answer = await context.commands.send({
      type: 'screenshot_capture',
      peerId: peerId(input.peerId),
      catalogId: catalogId(input.catalogId),
      parameters: { quantity: count },
    });
    const result = answer.success ? captureResult.safeParse(answer.result) : null;
    return {
      requestId: answer.requestId,
      captured: result?.success ? result.data.quantity : 0,
      error: errorOf(answer, result?.success),
    };
  },
};

function errorOf(answer: PeerAnswer, understood: boolean | undefined = true) {
  if (!answer.success) return { code: answer.code, message: answer.message };
  return understood
    ? null
    : { code: 'FAILED' as const, message: 'the peer’s answer could not be understood' };
}
