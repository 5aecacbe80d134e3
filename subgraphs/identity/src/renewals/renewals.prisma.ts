import { Prisma } from '@giggityflix/prisma';
import type { AccountRole, AccountState } from '../accounts/account.ts';
import type { Storage } from '../database/database.ts';
import type { WatchHours } from '../profiles/hours.ts';
import { columnsOf, recordOf, storedKey } from '../records/rows.ts';
import type { Renewal, Renewals } from './renewals.ts';

const KIND = 'RefreshToken';

export function createPrismaRenewals(storage: Storage): Renewals {
  return {
    find: (tokenId, now) =>
      storage.ask(async (client) => {
        const { id } = storedKey({ kind: KIND, id: tokenId });
        return renewalOf(await client.$queryRaw<Row[]>(selectOf(id, now)), tokenId, now);
      }),
    rotate: ({ tokenId, next, seen, now }) =>
      storage.ask(async (client, provider) => {
        const { id } = storedKey({ kind: KIND, id: tokenId });
        const key = { kind: KIND, id: next.id };
        const stored = { ...columnsOf(key, next), ...storedKey(key) };
        if (provider === 'postgresql') return (await client.$executeRaw(rotation(id, stored, seen, now))) > 0;
        return client.$transaction(async ({ providerRecord, signedInDevice }) => {
          const { count } = await providerRecord.updateMany({
            where: { kind: KIND, id, consumedAt: null },
            data: { consumedAt: BigInt(now) },
          });
          if (count === 0) return false;
          await providerRecord.create({ data: stored });
          if (seen)
            await signedInDevice.updateMany({
              where: { id: seen.deviceId },
              data: { address: seen.address, lastSeenAt: new Date(now) },
            });
          return true;
        });
      }),
  };
}

/** A row for each profile of the account, or one. */
function selectOf(id: string, now: number): Prisma.Sql {
  return Prisma.sql`SELECT
      t."payload" AS "token", t."expiresAt" AS "tokenExpiresAt", t."consumedAt" AS "consumedAt",
      g."payload" AS "grant", g."expiresAt" AS "grantExpiresAt",
      s."payload" AS "session", s."expiresAt" AS "sessionExpiresAt",
      a."id" AS "accountId", a."login" AS "login", a."name" AS "name", a."role" AS "role", a."state" AS "state",
      a."plan" AS "plan", a."libraries" AS "libraries", a."createdAt" AS "createdAt", a."changedAt" AS "changedAt",
      d."id" AS "deviceId", d."accountId" AS "deviceAccountId", d."clientId" AS "clientId", d."name" AS "deviceName",
      d."address" AS "address", d."createdAt" AS "deviceCreatedAt", d."lastSeenAt" AS "lastSeenAt",
      d."profileId" AS "chosenId",
      p."id" AS "profileId", p."isKid" AS "isKid", p."ratingLimit" AS "ratingLimit", p."hours" AS "hours"
    FROM "ProviderRecord" t
    LEFT JOIN "ProviderRecord" g ON g."kind" = 'Grant' AND g."id" = t."grantId"
    LEFT JOIN "ProviderRecord" s ON s."kind" = 'Session' AND s."id" = (
      SELECT "id" FROM "ProviderRecord" WHERE "kind" = 'Session' AND "uid" = t."payload" ->> 'sessionUid'
        AND "expiresAt" > ${BigInt(now)} LIMIT 1
    )
    LEFT JOIN "Account" a ON a."id" = t."accountId"
    LEFT JOIN "SignedInDevice" d ON d."id" = t."grantId"
    LEFT JOIN "Profile" p ON p."accountId" = t."accountId"
    WHERE t."kind" = ${KIND} AND t."id" = ${id}
    ORDER BY p."id"`;
}

/** In one statement, whose parts all see what was before it: the second of two at once waits for the first, and updates nothing. */
function rotation(
  id: string,
  next: ReturnType<typeof columnsOf> & { id: string },
  seen: { deviceId: string; address: string } | null,
  now: number,
): Prisma.Sql {
  const { payload, accountId, grantId, uid, userCode, expiresAt } = next;
  return Prisma.sql`WITH used AS (
      UPDATE "ProviderRecord" SET "consumedAt" = ${BigInt(now)}
      WHERE "kind" = ${KIND} AND "id" = ${id} AND "consumedAt" IS NULL RETURNING "kind"
    ), seen AS (
      UPDATE "SignedInDevice" SET "address" = ${seen?.address ?? ''}, "lastSeenAt" = CAST(${new Date(now).toISOString()} AS timestamp)
      WHERE "id" = ${seen?.deviceId ?? ''} AND EXISTS (SELECT 1 FROM used)
    )
    INSERT INTO "ProviderRecord"
      ("kind", "id", "payload", "accountId", "grantId", "uid", "userCode", "expiresAt")
    SELECT used."kind", ${next.id}, CAST(${JSON.stringify(payload)} AS jsonb), ${accountId}, ${grantId}, ${uid}, ${userCode},
      ${expiresAt} FROM used`;
}

interface Row {
  token: unknown;
  tokenExpiresAt: bigint;
  consumedAt: bigint | null;
  grant: unknown;
  grantExpiresAt: bigint | null;
  session: unknown;
  sessionExpiresAt: bigint | null;
  accountId: string | null;
  login: string;
  name: string;
  role: string;
  state: string;
  plan: string | null;
  libraries: unknown;
  createdAt: Date | string;
  changedAt: Date | string;
  deviceId: string | null;
  deviceAccountId: string;
  clientId: string;
  deviceName: string;
  address: string;
  deviceCreatedAt: Date | string;
  lastSeenAt: Date | string;
  chosenId: string | null;
  profileId: string | null;
  isKid: boolean | number | null;
  ratingLimit: number | bigint | null;
  hours: unknown;
}

function renewalOf(rows: readonly Row[], tokenId: string, now: number): Renewal | null {
  const [row] = rows;
  if (!row) return null;
  const found = (payload: unknown, expiresAt: bigint | null, consumedAt: bigint | null = null) =>
    expiresAt === null ? null : recordOf({ payload: json(payload), expiresAt, consumedAt }, now);
  const token = found(row.token, row.tokenExpiresAt, row.consumedAt);
  if (!token) return null;
  token.payload.jti = tokenId;
  return {
    token,
    grant: found(row.grant, row.grantExpiresAt),
    session: found(row.session, row.sessionExpiresAt),
    account: row.accountId === null ? null : accountOf(row, row.accountId),
    device: row.deviceId === null ? null : deviceOf(row, row.deviceId),
    profiles: rows.flatMap(({ profileId, isKid, ratingLimit, hours }) =>
      profileId === null
        ? []
        : [
            {
              id: profileId,
              isKid: Boolean(isKid),
              ratingLimit: ratingLimit === null ? null : Number(ratingLimit),
              hours: json(hours) as WatchHours | null,
            },
          ],
    ),
  };
}

function accountOf(row: Row, id: string): Renewal['account'] {
  return {
    id,
    login: row.login,
    name: row.name,
    role: row.role as AccountRole,
    state: row.state as AccountState,
    plan: row.plan,
    libraries: json(row.libraries) as string[] | null,
    createdAt: new Date(row.createdAt),
    changedAt: new Date(row.changedAt),
  };
}

function deviceOf(row: Row, id: string): Renewal['device'] {
  return {
    id,
    accountId: row.deviceAccountId,
    clientId: row.clientId,
    name: row.deviceName,
    address: row.address,
    createdAt: new Date(row.deviceCreatedAt),
    lastSeenAt: new Date(row.lastSeenAt),
    profileId: row.chosenId,
  };
}

/** SQLite has JSON as text. */
function json(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : (value ?? null);
}
