export { type HttpAnswer, type HttpRequest, TransportError } from './transport.ts';
export {
  createUpstream,
  type Upstream,
  type UpstreamOptions,
  type UpstreamOutcome,
  type UpstreamRequest,
} from './upstream.ts';
