import { createLogger } from '@giggityflix/kernel';
import { hostAndPort } from '@giggityflix/state';
import { testRedisConfig } from '@giggityflix/state/testing';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describeRegistrations } from './registrations.compliance.ts';
import { createEmbeddedRegistrations } from './registrations.embedded.ts';
import { createRedisRegistrations } from './registrations.redis.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const redis = await realRedis();
const cluster = await realRedisCluster();

describeRegistrations('in memory', (config) => createEmbeddedRegistrations(config));
describeRegistrations(
  'in Redis',
  (config) =>
    createRedisRegistrations(config, {
      redis: testRedisConfig({ host: redis.host, port: redis.port }),
      logger,
    }),
  redis.skip,
);
describeRegistrations(
  'in Redis Cluster',
  (config) =>
    createRedisRegistrations(config, {
      redis: testRedisConfig({ clusterNodes: cluster.nodes.map(hostAndPort) }),
      logger,
    }),
  cluster.skip,
);
