/**
 * Prisma's codes for a database that cannot be reached, does not answer in time, or hangs up
 * (https://www.prisma.io/docs/orm/reference/error-reference).
 */
const UNAVAILABLE_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2037']);
/** What the driver's adapter calls the same under queries of our own words, whose code is always P2010. */
const UNAVAILABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
/** What PostgreSQL says while it starts and stops: classes 08 (connection) and 57P (operator intervention). */
const UNAVAILABLE_STATES = /\b(08[0-9A-Z]{3}|57P0[1-5])\b/;

/** What the driver says of a connection that broke before it was asked anything. */
const BROKEN_CONNECTION = 'Client has encountered a connection error and is not queryable';

/** Whether a query failed because of the database, or the way there, and not because of what it asked. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'PrismaClientInitializationError' || 'syscall' in error) return true;
  if (error.message === BROKEN_CONNECTION) return true;
  const { code, meta } = error as { code?: unknown; meta?: AdapterMeta };
  if (
    UNAVAILABLE_CODES.has(String(code)) ||
    UNAVAILABLE_KINDS.has(String(meta?.driverAdapterError?.cause?.kind))
  )
    return true;
  return UNAVAILABLE_STATES.test(`${String(code)} ${error.message}`);
}

interface AdapterMeta {
  driverAdapterError?: { cause?: { kind?: unknown } };
}
