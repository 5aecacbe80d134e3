export { badInput } from './errors.ts';
export { createLoader, type Load, type LoaderOptions } from './loader.ts';
export * from './run-subgraph.ts';
export * from './subgraph.ts';
