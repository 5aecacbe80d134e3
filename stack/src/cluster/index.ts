export { type Cluster, startCluster } from './cluster.ts';
export type { ClusterProcess } from './process.ts';
export { SERVICE_KINDS } from './topology.schema.ts';
export { topology } from './topology.ts';
