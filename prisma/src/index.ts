export type { Database } from './database.ts';
export { Prisma, type PrismaClient } from './generated/sqlite/client.ts';
export type * from './generated/sqlite/models.ts';
export { type DatabaseOptions, openDatabase } from './open.ts';
export { databaseReadiness } from './readiness.ts';
export { isDatabaseUnavailable } from './unavailable.ts';
