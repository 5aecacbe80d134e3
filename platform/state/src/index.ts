export * from './file-lock.ts';
export type { RedisClient } from './redis.ts';
export * from './redis-config.ts';
export * from './redis-errors.ts';
export * from './sqlite.ts';
