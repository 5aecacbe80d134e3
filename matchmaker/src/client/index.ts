export type { Endpoint } from '../endpoints/endpoint.ts';
export { createPunchClient, type PunchClient, type PunchClientOptions } from './client.ts';
export { MAX_PAYLOAD_BYTES } from './packet.ts';
export type { Path } from './path.ts';
export { createPeerToken, peerIdOf } from './token.ts';
