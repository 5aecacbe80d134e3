export * from './client/index.ts';
export {
  type MatchmakerConfig,
  type MatchmakerProcessConfig,
  readEnvironment,
  variables,
  variables as matchmakerVariables,
} from './environment.ts';
export { createMatchmaker, type Matchmaker } from './matchmaker.ts';
