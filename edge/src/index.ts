export type { ConnectionDirectory, ConnectionEntry } from './connection-directory.ts';
export { createEdge, type Edge, type EdgeConfig, type EdgeDeps } from './edge.ts';
export { type Environment, readEnvironment, variables } from './environment.ts';
export type { PeerKeys } from './peer-keys.ts';
export { type EdgeState, openState } from './state.ts';
