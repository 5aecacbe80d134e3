import type { IncrementalFormat } from '../incremental.ts';
import { parameterOf, rangesOf } from '../media-ranges.ts';

/** How a client that takes several parts wants the events of a subscription. */
export type SubscriptionFormat =
  /** Apollo's protocol: results in `payload`, beside errors of the stream itself; `{}` now and then. */
  | 'apollo'
  /** Each part is a result. */
  | 'plain';

/** The format for the events of a subscription, or null for a client that does not take several parts. */
export function subscriptionFormat(accept: string | undefined): SubscriptionFormat | null {
  for (const { parameters } of multipartRanges(accept)) {
    const version = parameterOf(parameters, 'subscriptionspec');
    if (version === '1.0') return 'apollo';
    if (version === undefined && !parameters.some((parameter) => OTHER_FORMAT.test(parameter)))
      return 'plain';
  }
  return null;
}

/** The format for an answer in parts, or null for a client that takes it at once only. */
export function incrementalFormat(accept: string | undefined): IncrementalFormat | null {
  for (const { parameters } of multipartRanges(accept)) {
    if (parameterOf(parameters, 'deferspec') === '20220824') return '20220824';
    if (parameterOf(parameters, 'incrementalspec') === 'v0.2') return 'v0.2';
    if (!parameters.some((parameter) => ANY_FORMAT.test(parameter))) return 'v0.2';
  }
  return null;
}

const OTHER_FORMAT = /^(deferspec|incrementalspec)=/;
const ANY_FORMAT = /^(deferspec|incrementalspec|subscriptionspec)=/;

/** Whether a client takes several parts at all, of whatever format. Most do not. */
export function takesParts(accept: string | undefined): accept is string {
  return accept?.includes('multipart/mixed') === true;
}

/** The ranges of `multipart/mixed`, the one a client named first being first. */
function multipartRanges(accept: string | undefined) {
  if (!takesParts(accept)) return [];
  return rangesOf(accept).filter(({ type, weight }) => type === 'multipart/mixed' && weight > 0);
}
