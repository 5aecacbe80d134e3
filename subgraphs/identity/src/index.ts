export { type IdentityConfig, readEnvironment, variables } from './environment.ts';
export { createIdentity, type Identity, type IdentityDeps } from './service.ts';
