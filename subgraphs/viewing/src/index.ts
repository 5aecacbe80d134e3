export { readEnvironment, type ViewingConfig, variables } from './environment.ts';
export { createViewing, type Viewing, type ViewingDeps } from './service.ts';
