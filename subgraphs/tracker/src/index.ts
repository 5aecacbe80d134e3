export { readEnvironment, type TrackerConfig, type TrackerEnvironment, variables } from './environment.ts';
export { createTracker, type Tracker, type TrackerDependencies } from './service.ts';
