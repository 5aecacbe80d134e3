import type { AccessLimits } from '@giggityflix/http';
import { Prisma } from '@giggityflix/prisma';

/** The files that someone with these limits sees: of titles that are not for older people, and in a library of theirs. */
export function filesSeenBy({ libraries, ratingLimit }: AccessLimits): Prisma.MediaFileWhereInput[] {
  return [
    ...(ratingLimit === null ? [] : [{ title: { minimumAge: { lte: ratingLimit } } }]),
    ...(libraries === null ? [] : [{ libraries: { some: { libraryId: { in: [...libraries] } } } }]),
  ];
}

/** The titles that they see: those of which they see a file of its own. A title of no known age is for nobody who is limited. */
export function titlesSeenBy({ libraries, ratingLimit }: AccessLimits): Prisma.TitleWhereInput[] {
  return [
    ...(ratingLimit === null ? [] : [{ minimumAge: { lte: ratingLimit } }]),
    ...(libraries === null
      ? []
      : [{ files: { some: { libraries: { some: { libraryId: { in: [...libraries] } } } } } }]),
  ];
}

/** {@link titlesSeenBy} in SQL, of the title of this name in the query. */
export function seesTitle(limits: AccessLimits, title: Prisma.Sql): Prisma.Sql {
  const isOfAge =
    limits.ratingLimit === null ? TRUE : Prisma.sql`${title}."minimumAge" <= ${limits.ratingLimit}`;
  if (limits.libraries === null) return isOfAge;
  return Prisma.sql`${isOfAge} AND EXISTS (SELECT 1 FROM "MediaFile" f
    WHERE f."titleId" = ${title}."id" AND ${isInLibrary(limits, Prisma.sql`f`)})`;
}

/** Whether the file of this name in the query is in a library of theirs. */
export function isInLibrary({ libraries }: AccessLimits, file: Prisma.Sql): Prisma.Sql {
  if (libraries === null) return TRUE;
  if (libraries.length === 0) return Prisma.sql`1 = 0`;
  return Prisma.sql`EXISTS (SELECT 1 FROM "FileInLibrary" l
    WHERE l."catalogId" = ${file}."catalogId" AND l."libraryId" IN (${Prisma.join([...libraries])}))`;
}

const TRUE = Prisma.sql`1 = 1`;
