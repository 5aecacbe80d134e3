export { badInput } from './errors.ts';
export { createLoader, type Load } from './loader.ts';
export { type ProcessConfig, runSubgraph } from './run-subgraph.ts';
export { createSubgraph, requireIdentity, requireRole, type SubgraphContext } from './subgraph.ts';
