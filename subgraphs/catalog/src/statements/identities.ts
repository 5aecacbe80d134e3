import { isDeepStrictEqual } from 'node:util';
import type { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { ExternalId } from '@giggityflix/proto/media-file';
import { namesakeId, type TitleFacts, titleId } from '../titles/identity.ts';
import { identityKeys, slotOf } from '../titles/identity-keys.ts';
import type { Transaction } from './said.ts';
import { newcomersAmong, type Speaker, weigh } from './voices.ts';

/** Files that are looked at for one id, or one name. */
const MAX_CLAIMS = 2_000;
/** Files that are tried again when the ids of one change. */
const MAX_AFFECTED = 1_000;

type Claim = Prisma.FileIdentityGetPayload<object>;

/** A file that is said to have ids of other catalogs. */
export interface Identified {
  catalogId: CatalogId;
  /** What its name says. */
  title: TitleFacts;
  ids: readonly ExternalId[];
  speaker: Speaker;
  isProven: boolean;
  firstAt: number;
}

export interface Resolved {
  id: string;
  title: TitleFacts;
}

/** What a file says of its ids, as rows. */
export function claimsOf({ catalogId, title, ids, speaker, isProven, firstAt }: Identified): Claim[] {
  return identityKeys(title, ids).map((key) => ({
    key,
    catalogId,
    nameId: titleId(title, catalogId),
    name: title.name,
    year: title.year,
    peerId: speaker.peerId,
    network: speaker.network ?? '',
    firstSeenAt: BigInt(speaker.firstSeenAt),
    isProven,
    firstAt: BigInt(firstAt),
  }));
}

/**
 * The title of a file with ids. Files that share one are of one title: the one that most of them name. Where another title
 * of that name has another id of the same catalog, the id of the one that fewer know is made of its name and its id.
 * Depends on nothing but what all files say of themselves, so that it is the same whichever came first.
 */
export async function resolveTitle(
  transaction: Transaction,
  title: TitleFacts,
  own: readonly Claim[],
): Promise<Resolved> {
  const catalogId = own[0]?.catalogId as CatalogId;
  const plain = { id: titleId(title, catalogId), title };
  if (own.length === 0) return plain;
  const keys = own.map(({ key }) => key);
  const others = await transaction.fileIdentity.findMany({
    where: { key: { in: keys }, catalogId: { not: catalogId } },
    orderBy: [{ firstAt: 'asc' }, { catalogId: 'asc' }],
    take: MAX_CLAIMS,
  });
  const shared = [...own, ...others];
  const elected = best(keys.map((key) => elect(shared.filter((claim) => claim.key === key))));
  const { eldest } = elected;
  const resolved = { ...title, name: eldest.name, year: eldest.year };
  const namesakes = await transaction.fileIdentity.findMany({
    where: { nameId: eldest.nameId, catalogId: { not: catalogId } },
    orderBy: [{ firstAt: 'asc' }, { catalogId: 'asc' }],
    take: MAX_CLAIMS,
  });
  const ofName = [...namesakes, ...own.filter(({ nameId }) => nameId === eldest.nameId)];
  const representative =
    eldest.catalogId === catalogId ? own : namesakes.filter((each) => each.catalogId === eldest.catalogId);
  const qualifier = representative
    .map(({ key }) => key)
    .sort(inOrderOf(own))
    .find((key) => isOutvoted(key, ofName));
  return {
    id: qualifier ? namesakeId(resolved, qualifier) : titleId(resolved, catalogId),
    title: resolved,
  };
}

/** Whether more speaks for another id of the same catalog. */
function isOutvoted(key: string, ofName: readonly Claim[]): boolean {
  const ofSlot = ofName.filter((claim) => slotOf(claim.key) === slotOf(key));
  const keys = [...new Set(ofSlot.map((claim) => claim.key))];
  if (keys.length < 2) return false;
  const winner = best(keys.map((each) => elect(ofSlot.filter((claim) => claim.key === each))));
  return winner.eldest.key !== key;
}

/** A name, or an id, with what speaks for it. */
interface Election {
  eldest: Claim;
  isProven: boolean;
  weight: number;
}

/** The name that most of these give. */
function elect(claims: readonly Claim[]): Election {
  const names = Map.groupBy(claims, ({ nameId }) => nameId);
  return best([...names.values()].map(toElection));
}

function toElection(claims: readonly Claim[]): Election {
  const isProven = claims.some((claim) => claim.isProven);
  const heard = claims.filter((claim) => claim.isProven === isProven);
  const speakers = heard.map((claim) => ({
    peerId: claim.peerId,
    network: claim.network || null,
    firstSeenAt: Number(claim.firstSeenAt),
    lastAt: Number(claim.firstAt),
  }));
  const weights = weigh(speakers, newcomersAmong(speakers));
  return {
    eldest: heard.reduce((one, other) => (isElder(other, one) ? other : one)),
    isProven,
    weight: weights.reduce((sum, weight) => sum + weight, 0),
  };
}

/** Weights are sums of fractions. */
const SAME_WEIGHT = 1e-9;

function best(elections: readonly Election[]): Election {
  return elections.reduce((one, other) => {
    if (one.isProven !== other.isProven) return one.isProven ? one : other;
    const difference = other.weight - one.weight;
    if (Math.abs(difference) > SAME_WEIGHT) return difference > 0 ? other : one;
    return isElder(other.eldest, one.eldest) ? other : one;
  });
}

function isElder(one: Claim, other: Claim): boolean {
  if (one.firstAt !== other.firstAt) return one.firstAt < other.firstAt;
  return one.catalogId < other.catalogId;
}

/** Keys as `identityKeys` orders them; those a file does not have itself come last. */
function inOrderOf(own: readonly Claim[]): (one: string, other: string) => number {
  const slots = own.map(({ key }) => slotOf(key));
  const place = (key: string) => {
    const index = slots.indexOf(slotOf(key));
    return index < 0 ? slots.length : index;
  };
  return (one, other) => place(one) - place(other) || (one < other ? -1 : 1);
}

/** Keeps what a file says of its ids; the other files whose titles that may change. */
export async function keepClaims(
  transaction: Transaction,
  catalogId: CatalogId,
  claims: readonly Claim[],
): Promise<CatalogId[]> {
  const known = await transaction.fileIdentity.findMany({ where: { catalogId }, orderBy: { key: 'asc' } });
  const now = [...claims].sort((one, other) => (one.key < other.key ? -1 : 1));
  if (isDeepStrictEqual(known, now)) return [];
  await transaction.fileIdentity.deleteMany({ where: { catalogId } });
  if (now.length > 0) await transaction.fileIdentity.createMany({ data: now });
  return affectedBy(transaction, catalogId, [...known, ...now]);
}

/** Files that share an id with these claims, or with one of the names that they give. */
export async function affectedBy(
  transaction: Transaction,
  catalogId: CatalogId,
  claims: readonly Claim[],
): Promise<CatalogId[]> {
  if (claims.length === 0) return [];
  const ofNames = await transaction.fileIdentity.findMany({
    where: { nameId: { in: claims.map(({ nameId }) => nameId) } },
    select: { key: true },
    distinct: ['key'],
    take: MAX_AFFECTED,
  });
  const keys = new Set([...claims, ...ofNames].map(({ key }) => key));
  const affected = await transaction.fileIdentity.findMany({
    where: { key: { in: [...keys].slice(0, MAX_AFFECTED) }, catalogId: { not: catalogId } },
    select: { catalogId: true },
    distinct: ['catalogId'],
    orderBy: { catalogId: 'asc' },
    take: MAX_AFFECTED,
  });
  return affected.map((each) => each.catalogId as CatalogId);
}
