export { type Database, type DatabaseOptions, openDatabase } from './database.ts';
export { Prisma, type PrismaClient } from './generated/sqlite/client.ts';
export type * from './generated/sqlite/models.ts';
