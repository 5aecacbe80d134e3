export { type Environment, readEnvironment, variables } from './environment.ts';
export { createGateway, type Gateway, type GatewayConfig, type GatewayDeps } from './gateway.ts';
export { type Composition, compose, type SubgraphSource } from './graph/compose.ts';
