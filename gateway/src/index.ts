export { type Environment, type GatewayConfig, readEnvironment, variables } from './environment.ts';
export { type Composition, compose, type SubgraphSource } from './graph/compose.ts';
export { createGateway, type Gateway, type GatewayDeps } from './service.ts';
