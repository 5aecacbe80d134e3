import { v7 as uuidv7 } from 'uuid';
import type { Storage } from '../database/database.ts';

import type { AuditAction, AuditEntry, AuditLog } from './audit.ts';

export function createPrismaAuditLog(storage: Storage): AuditLog {
  return {
    record: (entry) =>
      storage.ask(async ({ auditEntry }) => {
        await auditEntry.create({
          data: { ...entry, id: uuidv7(), details: { ...entry.details } },
        });
      }),
    list: ({ accountId, first, before }) =>
      storage.ask(async ({ auditEntry }) => {
        const rows = await auditEntry.findMany({
          where: { ...(accountId !== null && { accountId }), ...(before !== null && { id: { lt: before } }) },
          orderBy: { id: 'desc' },
          take: first,
        });
        return rows.map((row) => ({
          ...row,
          action: row.action as AuditAction,
          details: row.details as AuditEntry['details'],
        }));
      }),
    prune: (before) =>
      storage.ask(
        async ({ auditEntry }) => (await auditEntry.deleteMany({ where: { at: { lt: before } } })).count,
      ),
  };
}
