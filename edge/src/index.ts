export type { DeliveryJournal } from './commands/delivery-journal.ts';
export { type EdgeConfig, type EdgeProcessConfig, readEnvironment, variables } from './environment.ts';
export type { ConnectionDirectory, ConnectionEntry } from './peers/connection-directory.ts';
export type { PeerKeys } from './peers/peer-keys.ts';
export { createEdge, type Edge, type EdgeDeps } from './service.ts';
export { openState } from './state/open.ts';
export type { EdgeState } from './state/state.ts';
