export * from './client/index.ts';
export {
  type MatchmakerConfig,
  type MatchmakerProcessConfig,
  readEnvironment,
  variables,
  variables as matchmakerVariables,
} from './environment.ts';
export { openRegistrations } from './registrations/open.ts';
export { createMatchmaker, type Matchmaker, type MatchmakerDeps } from './service.ts';
