export { followAccessChanges } from './access-changes.ts';
export * from './bus.ts';
export { type BusConfig, busConfig, busVariables, createBus, groupIdVariable } from './config.ts';
export { alsoUnavailable, consumingFrom } from './consuming.ts';
export { type BusMetrics, createBusMetrics } from './metrics.ts';
export { InvalidRecordError } from './record.ts';
export * from './topics/index.ts';
