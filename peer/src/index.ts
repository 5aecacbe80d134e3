export type { ContentSource, SharedContent } from './content/content-source.ts';
export { type PeerConfig, readEnvironment, variables as peerVariables } from './environment.ts';
export { createPeer, type Peer, type PeerDeps } from './service.ts';
export type { PeerStatus } from './status/status.ts';
