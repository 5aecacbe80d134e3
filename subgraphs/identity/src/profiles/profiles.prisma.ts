import { Prisma } from '@giggityflix/prisma';
import { v7 as uuidv7 } from 'uuid';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import type { WatchHours } from './hours.ts';
import { MAX_PROFILES, PLAIN, type Profile, type ProfileValues } from './profile.ts';
import type { CreateOutcome, Profiles, UpdateOutcome } from './profiles.ts';

export function createPrismaProfiles(storage: Storage): Profiles {
  const orderBy = { id: 'asc' } as const;
  /** Of the last two that are removed or changed at once, one stays. */
  const serially = <T>(work: (transaction: Prisma.TransactionClient) => Promise<T>) =>
    storage.ask((client) =>
      untilSettled(() => client.$transaction(work, { isolationLevel: 'Serializable' })),
    );
  return {
    listOf: ({ id: accountId, name }, at) =>
      storage.ask(({ profile }) =>
        untilSettled(async () => {
          const rows = await profile.findMany({ where: { accountId }, orderBy });
          if (rows.length > 0) return rows.map(fromRow);
          // Of two who find none, the second does not get the place.
          const values = columnsOf({ ...PLAIN, name });
          return [fromRow(await profile.create({ data: { ...newRow(accountId, at), ...values, place: 0 } }))];
        }),
      ),
    find: (id) =>
      storage.ask(async ({ profile }) => {
        const row = await profile.findUnique({ where: { id } });
        return row && fromRow(row);
      }),
    create: (accountId, values, at) =>
      storage.ask(({ profile }) =>
        untilSettled(async (): Promise<CreateOutcome> => {
          const rows = await profile.findMany({ where: { accountId }, select: { place: true } });
          const taken = new Set(rows.map(({ place }) => place));
          const place = Array.from({ length: MAX_PROFILES }, (_, n) => n).find((n) => !taken.has(n));
          if (place === undefined) return { outcome: 'too_many' };
          const row = await profile.create({
            data: { ...newRow(accountId, at), ...columnsOf(values), place },
          });
          return { outcome: 'created', profile: fromRow(row) };
        }),
      ),
    update: (id, change, at) =>
      serially(async (transaction): Promise<UpdateOutcome> => {
        const row = await transaction.profile.findUnique({ where: { id } });
        if (!row) return { outcome: 'unknown' };
        if (change.isKid && (await isLast(transaction, row))) return { outcome: 'last' };
        const data = { ...columnsOf(change), changedAt: at };
        return {
          outcome: 'updated',
          profile: fromRow(await transaction.profile.update({ where: { id }, data })),
        };
      }),
    remove: (id) =>
      serially(async (transaction) => {
        const row = await transaction.profile.findUnique({ where: { id } });
        if (!row) return 'unknown';
        if (await isLast(transaction, row)) return 'last';
        await transaction.profile.delete({ where: { id } });
        await transaction.signedInDevice.updateMany({
          where: { accountId: row.accountId, profileId: id },
          data: { profileId: null },
        });
        return 'removed';
      }),
  };
}

/** Whether no other of its account is left that is no kid's. */
async function isLast(transaction: Prisma.TransactionClient, { id, accountId }: Row): Promise<boolean> {
  const others = { accountId, isKid: false, id: { not: id } };
  return (await transaction.profile.count({ where: others })) === 0;
}

const newRow = (accountId: string, at: Date) => ({ id: uuidv7(), accountId, createdAt: at, changedAt: at });

function columnsOf<T extends Partial<ProfileValues>>({
  hours,
  audioLanguages,
  subtitleLanguages,
  ...columns
}: T) {
  return {
    ...columns,
    ...(hours !== undefined && { hours: hours === null ? Prisma.DbNull : { ...hours } }),
    ...(audioLanguages && { audioLanguages: [...audioLanguages] }),
    ...(subtitleLanguages && { subtitleLanguages: [...subtitleLanguages] }),
  } as Omit<T, 'hours' | 'audioLanguages' | 'subtitleLanguages'> & {
    hours: Prisma.InputJsonObject | typeof Prisma.DbNull;
    audioLanguages: string[];
    subtitleLanguages: string[];
  };
}

type Row = NonNullable<Awaited<ReturnType<Prisma.TransactionClient['profile']['findUnique']>>>;

function fromRow({ place: _, ...row }: Row): Profile {
  return {
    ...row,
    hours: row.hours as WatchHours | null,
    audioLanguages: row.audioLanguages as string[],
    subtitleLanguages: row.subtitleLanguages as string[],
  };
}
