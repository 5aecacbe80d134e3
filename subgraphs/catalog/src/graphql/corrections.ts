import { badInput, requireRole } from '@giggityflix/graphql';
import { type CatalogId, parseCatalogId } from '@giggityflix/proto/catalog-id';
import { MAX_EPISODE, MAX_SEASON, MAX_YEAR, MIN_YEAR } from '@giggityflix/proto/media-file';
import { leastAge } from '../ages/certification.ts';
import type { CorrectTitleInput, MutationResolvers } from '../generated/graphql.ts';
import type { CorrectedTitle } from '../statements/statements.ts';
import { MAX_TITLE_LENGTH, MAX_WORD_LENGTH } from '../titles/limits.ts';
import { clean } from '../titles/text.ts';
import type { Context } from './context.ts';

/** Operators give files their titles, above all that peers say. */
export const corrections: Pick<MutationResolvers, 'correctTitle' | 'clearTitleCorrection'> = {
  correctTitle(_parent, { input }, context) {
    const { userId } = requireRole(context, 'operator');
    return correct(context, { catalogId: idOf(input.catalogId), title: titleOf(input), by: userId });
  },
  clearTitleCorrection(_parent, { input }, context) {
    const { userId } = requireRole(context, 'operator');
    return correct(context, { catalogId: idOf(input.catalogId), title: null, by: userId });
  },
};

const ERRORS = {
  unknown_file: { code: 'UNKNOWN_FILE', message: 'the catalog has no description of this file' },
  title_full: { code: 'TITLE_FULL', message: 'this title holds all the files it may' },
} as const;

async function correct(
  { statements, store }: Context,
  correction: { catalogId: CatalogId; title: CorrectedTitle | null; by: string },
) {
  // Of a file that they do not see nobody learns, and nobody corrects, that it is there.
  if ((await store.files([correction.catalogId])).length === 0)
    return { file: null, error: ERRORS.unknown_file };
  const outcome = await statements.correct({ ...correction, at: Date.now() });
  const [file] = await store.files([correction.catalogId]);
  return { file: file ?? null, error: outcome === 'corrected' ? null : ERRORS[outcome] };
}

function idOf(given: string): CatalogId {
  const id = parseCatalogId(given);
  if (!id) throw badInput('catalogId is not 64 lowercase hexadecimal digits');
  return id;
}

/** @throws GraphQLError BAD_USER_INPUT naming the field that cannot be used. */
function titleOf(input: CorrectTitleInput): CorrectedTitle {
  if (input.name.length > MAX_TITLE_LENGTH) throw badInput(`name has at most ${MAX_TITLE_LENGTH} characters`);
  const name = clean(input.name, MAX_TITLE_LENGTH);
  if (name === '') throw badInput('name is empty');
  const season = within('season', input.season, [0, MAX_SEASON]);
  const episode = within('episode', input.episode, [0, MAX_EPISODE]);
  if (input.kind !== 'EPISODE' && (season ?? episode) !== null)
    throw badInput('season and episode are those of an EPISODE');
  const year = within('year', input.year, [MIN_YEAR, MAX_YEAR]);
  return {
    name,
    year,
    kind: input.kind,
    season,
    episode,
    certification: certificationOf(input.certification),
  };
}

/** What cannot be read as an age would hide the title, which is not what its operator means. */
function certificationOf(given: string | null | undefined): string | null {
  if (given == null) return null;
  const certification = given.length <= MAX_WORD_LENGTH ? clean(given, MAX_WORD_LENGTH) : '';
  if (leastAge(certification) === null)
    throw badInput('certification is none that is known, such as PG-13, DE:FSK 12 or 16');
  return certification;
}

function within(name: string, value: number | null | undefined, [min, max]: [number, number]): number | null {
  if (value == null) return null;
  if (value < min || value > max) throw badInput(`${name} is ${min} to ${max}, not ${value}`);
  return value;
}
