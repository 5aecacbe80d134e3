export { badInput } from './errors.ts';
export * from './run-subgraph.ts';
export * from './subgraph.ts';
