export { createPunchClient, type PunchClient, type PunchClientOptions } from './client/client.ts';
export { MAX_PAYLOAD_BYTES } from './client/packet.ts';
export type { Path } from './client/path.ts';
export {
  type MatchmakerConfig,
  type MatchmakerProcessConfig,
  readEnvironment,
  variables,
  variables as matchmakerVariables,
} from './environment.ts';
export { createMatchmaker, type Matchmaker } from './matchmaker.ts';
