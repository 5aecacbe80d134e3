import { createHash } from 'node:crypto';
import type { Prisma } from '@giggityflix/prisma';
import { type ProviderRecord, type RecordKey, SECRET_KINDS } from './records.ts';

/** Under which a record is stored: a secret only as its hash. */
export function storedKey({ kind, id }: RecordKey): RecordKey {
  return { kind, id: SECRET_KINDS.has(kind) ? createHash('sha256').update(id).digest('hex') : id };
}

/** The columns of a record beside its key. */
export function columnsOf(key: RecordKey, { payload, expiresAt }: Omit<ProviderRecord, 'consumedAt'>) {
  const { jti: _, ...rest } = payload;
  return {
    payload: (SECRET_KINDS.has(key.kind) ? rest : payload) as Prisma.InputJsonObject,
    accountId: textOf(payload.accountId),
    grantId: key.kind === 'Grant' ? key.id : textOf(payload.grantId),
    uid: textOf(payload.uid),
    userCode: textOf(payload.userCode),
    expiresAt: BigInt(expiresAt),
  };
}

/** What is stored under a key; null for what has expired. */
export function recordOf(
  row: { payload: unknown; expiresAt: bigint | number; consumedAt: bigint | number | null } | null,
  now: number,
): ProviderRecord | null {
  if (!row || Number(row.expiresAt) <= now) return null;
  return {
    payload: row.payload as ProviderRecord['payload'],
    expiresAt: Number(row.expiresAt),
    consumedAt: row.consumedAt === null ? null : Number(row.consumedAt),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
