/**
 * What tests need of the outside world. Each helper takes it from the environment when a variable names it,
 * else starts the installed one on a free port, else gives the reason to skip; `REQUIRE_REAL=1` makes
 * a failure of every skip. Call them at the top level of a test file:
 *
 * ```ts
 * const redis = await realRedis();
 *
 * describe.skipIf(redis.skip)('the registry on Redis', () => {
 *   const client = createRedis({ …, host: redis.host, port: redis.port });
 * });
 * ```
 *
 * Whatever was started ends with the file or with the run, and when the run is killed as well. Redis is started
 * for each file, as it takes 30 ms; Kafka and PostgreSQL once a run, so tests there choose names of their own
 * ({@link realKafka}) or get an empty database ({@link realPostgres}).
 *
 * | helper | variable | installed by `npm run setup:system` |
 * |---|---|---|
 * | `realRedis` | `REDIS_URL` | redis-server |
 * | `realSecureRedis` | | redis-server |
 * | `realRedisCluster` | `REDIS_CLUSTER_NODES` | redis-server |
 * | `realKafka` | `KAFKA_BOOTSTRAP_SERVERS` | Java, Kafka's jars in ~/.cache/giggityflix |
 * | `realPostgres` | `POSTGRES_URL` | postgresql |
 * | `requireFfmpeg` | `FFMPEG_PATH` | ffmpeg |
 * | `requireBuildah` | `BUILD_IMAGES` | buildah, debootstrap |
 * | `requireChromium` | `CHROMIUM_PATH` | chromium |
 * | `requireFaketime` | | faketime |
 * | `requireCluster` | | Java, Kafka, redis-server, postgresql, coturn, haproxy |
 * | `requireHaproxy` | | haproxy |
 * | `requireCoturn`, `requireKcat`, `requirePromtool`, `requirePrometheus` | | coturn, kcat, prometheus |
 * | `requirePebble`, `requireHelm`, `requireKubeconform` | `PEBBLE_PATH`, `HELM_PATH`, `KUBECONFORM_PATH` | Go; each in ~/.cache/giggityflix |
 * | `requirePythonGrpc` | | python3-grpcio, python3-protobuf, python3-cryptography |
 * | `requirePythonAiortc` | | python3-aiortc |
 * | `requireRoot` | | iproute2, nftables |
 */
export { blackPng } from './black-png.ts';
export * from './processes.ts';
export {
  type RealKafka,
  type RealPostgres,
  type RealRedis,
  type RealRedisCluster,
  type RealSecureRedis,
  realKafka,
  realPostgres,
  realRedis,
  realRedisCluster,
  realSecureRedis,
} from './servers.ts';
export { ROOT, readiness, samplesShared, startStack, type TestStack, writeNewFilm } from './stack.ts';
