export { readEnvironment, type TrackerEnvironment, variables } from './environment.ts';
export { createTracker, type Tracker, type TrackerConfig, type TrackerDependencies } from './tracker.ts';
