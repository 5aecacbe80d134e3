/** The part of this package that works outside vitest, too: in benches, loads and the processes that tests start. */
export { makeCertificate, type TestCertificate } from './certificates.ts';
export { freePorts, type GuardedProcess, spawnGuarded, untilServing } from './child.ts';
export { type Collector, type ReceivedSpan, startCollector } from './collector.ts';
export {
  createGraphQLClient,
  type GraphQLTestClient,
  type LiveSubscription,
  operationText,
} from './graphql-client.ts';
export { kafkaJars, type SecureKafka, startKafka } from './kafka-server.ts';
export { type NodeProcess, runScript } from './node-process.ts';
export { FOREIGN_ROOTS, fileOfSize } from './pieces-roots.ts';
export {
  type Program,
  requireChromium,
  requireCoturn,
  requireFfmpeg,
  requireKcat,
  requirePromtool,
  requirePythonAiortc,
  requirePythonGrpc,
  requireRoot,
} from './programs.ts';
export { startRedis } from './redis-server.ts';
export { findProgram, missing, type Skip } from './requirement.ts';
export { freeStackPorts, type StackPorts } from './stack-ports.ts';
