/** The part of this package that works outside vitest, too: in benches, loads and the processes that tests start. */
export { freePorts } from '@giggityflix/kernel/free-ports';
export { findProgram, kafkaJars } from '@giggityflix/kernel/programs';
export { makeCertificate, type TestCertificate } from './certificates.ts';
export { type GuardedProcess, spawnGuarded, untilServing } from './child.ts';
export { type Collector, type ReceivedSpan, startCollector } from './collector.ts';
export {
  createGraphQLClient,
  type GraphQLTestClient,
  type LiveSubscription,
  operationText,
} from './graphql-client.ts';
export { type SecureKafka, startKafka } from './kafka-server.ts';
export { type NodeProcess, runScript } from './node-process.ts';
export { FOREIGN_ROOTS, fileOfSize } from './pieces-roots.ts';
export { startPostgres } from './postgres-server.ts';
export {
  type Program,
  requireBuildah,
  requireChromium,
  requireCluster,
  requireCoturn,
  requireFaketime,
  requireFfmpeg,
  requireHaproxy,
  requireHelm,
  requireKcat,
  requireKubeconform,
  requirePebble,
  requirePrometheus,
  requirePromtool,
  requirePythonAiortc,
  requirePythonGrpc,
  requireRoot,
} from './programs.ts';
export { startRedis } from './redis-server.ts';
export { missing, type Skip } from './requirement.ts';
export { freeStackPorts, type StackPorts } from './stack-ports.ts';
