import { type AccessLimits, isLimited } from '@giggityflix/http';
import { type Database, Prisma } from '@giggityflix/prisma';
import { isInLibrary, seesTitle } from './seen-by.ts';
import type { TitleFilter } from './store.ts';
import { isUnspaced } from './words.ts';

/** The year of a title `t` as an index has it: 0 where it is not known. */
export const YEAR = Prisma.sql`coalesce(t."year", 0)`;

const YEARS_OF_DECADE = 10;

/** How titles `t` are asked whether they have a file of some kind that is seen. */
export interface FileConditions {
  /** A peer has one now. */
  isPresent: Prisma.Sql;
  isIn(language: string): Prisma.Sql;
}

/** Each title by itself: for pages, and for what a search finds, which are few of all titles. */
export function byTitle(limits: AccessLimits): FileConditions {
  return {
    isPresent: Prisma.sql`EXISTS (SELECT 1 FROM "MediaFile" m
      JOIN "FileAvailability" a ON a."catalogId" = m."catalogId"
      WHERE m."titleId" = t."id" AND a."isAvailable" AND ${isInLibrary(limits, Prisma.sql`m`)})`,
    isIn: (language) => Prisma.sql`EXISTS (SELECT 1 FROM "MediaFile" m WHERE m."titleId" = t."id"
      AND m."language" = ${language} AND ${isInLibrary(limits, Prisma.sql`m`)})`,
  };
}

/** All titles together: for counts of them. */
export function bySet(limits: AccessLimits, provider: Database['provider']): FileConditions {
  const isSeen = isInLibrary(limits, Prisma.sql`m`);
  // Both in the order of one key, which SQLite does not see for itself: it would seek each row in two tables.
  const { id, files, availability } = SETS[provider];
  return {
    isPresent: Prisma.sql`${id} IN (SELECT m."titleId" FROM ${files} CROSS JOIN ${availability}
      WHERE a."catalogId" = m."catalogId" AND a."isAvailable" AND ${isSeen})`,
    isIn: (language) => Prisma.sql`t."id" IN (SELECT m."titleId" FROM "MediaFile" m
      WHERE m."language" = ${language} AND ${isSeen})`,
  };
}

const SETS: Record<Database['provider'], Record<'id' | 'files' | 'availability', Prisma.Sql>> = {
  sqlite: {
    // Most titles are in the set: looked for in it one after another, they need not be found by their ids in no order.
    id: Prisma.sql`+t."id"`,
    files: Prisma.sql`"MediaFile" m INDEXED BY "MediaFile_catalogId_titleId_idx"`,
    availability: Prisma.sql`"FileAvailability" a INDEXED BY "FileAvailability_catalogId_isAvailable_idx"`,
  },
  postgresql: {
    id: Prisma.sql`t."id"`,
    files: Prisma.sql`"MediaFile" m`,
    availability: Prisma.sql`"FileAvailability" a`,
  },
};

/** What a filter asks for of the title `t` as someone with these limits sees it, its words of names alone. */
export function conditionsOf(
  filter: TitleFilter,
  limits: AccessLimits,
  files: FileConditions = byTitle(limits),
): Prisma.Sql[] {
  const words = filter.search?.words ?? [];
  return [
    seesTitle(limits, Prisma.sql`t`),
    ...words.map((word) => Prisma.sql`t."searchText" LIKE ${isUnspaced(word) ? `%${word}%` : `% ${word}%`}`),
    ...conditionsBesideSearch(filter, limits, files),
  ];
}

/** What a filter asks for but what is searched. */
export function conditionsBesideSearch(
  filter: TitleFilter,
  limits: AccessLimits,
  files: FileConditions = byTitle(limits),
): Prisma.Sql[] {
  const { kind, available, extra, decade, language } = filter;
  const all: Prisma.Sql[] = [];
  if (kind !== null) all.push(Prisma.sql`t."kind" = ${kind}`);
  if (decade !== null) all.push(Prisma.sql`${YEAR} >= ${decade} AND ${YEAR} < ${decade + YEARS_OF_DECADE}`);
  if (language !== null) all.push(files.isIn(language));
  if (available !== null) all.push(available ? files.isPresent : Prisma.sql`NOT (${files.isPresent})`);
  if (extra !== null) all.push(extra ? isExtra(limits) : Prisma.sql`NOT ${isExtra(limits)}`);
  return all;
}

function isExtra(limits: AccessLimits): Prisma.Sql {
  if (!isLimited(limits)) return Prisma.sql`(t."parentId" IS NOT NULL)`;
  return Prisma.sql`EXISTS (SELECT 1 FROM "Title" p
    WHERE p."id" = t."parentId" AND ${seesTitle(limits, Prisma.sql`p`)})`;
}
