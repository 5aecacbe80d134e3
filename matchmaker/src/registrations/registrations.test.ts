import { createLogger, hostAndPort } from '@giggityflix/platform';
import { realRedis, realRedisCluster } from '../../../tests/support/index.ts';
import { describeRegistrations } from './registrations.compliance.ts';
import { createEmbeddedRegistrations } from './registrations.embedded.ts';
import { createRedisRegistrations } from './registrations.redis.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const redis = await realRedis();
const cluster = await realRedisCluster();

const standalone = {
  host: redis.host,
  port: redis.port,
  db: 0,
  tls: null,
  clusterNodes: [],
  sentinels: [],
  sentinelName: '',
};

describeRegistrations('in memory', (config) => createEmbeddedRegistrations(config));
describeRegistrations(
  'in Redis',
  (config) => createRedisRegistrations(config, { redis: standalone, logger }),
  redis.skip,
);
describeRegistrations(
  'in Redis Cluster',
  (config) =>
    createRedisRegistrations(config, {
      redis: { ...standalone, clusterNodes: cluster.nodes.map(hostAndPort) },
      logger,
    }),
  cluster.skip,
);
