import { detailsOrNull, type ExternalId, type MediaDetails, NO_DETAILS } from '@giggityflix/proto/media-file';
import type { DetailsRecord } from '../store/store.ts';
import { newcomersAmong, type Speaker } from './voices.ts';
import { heaviest, present } from './votes.ts';

const FIELDS = Object.keys(NO_DETAILS) as (keyof MediaDetails)[];

/** What most voters say of each part of a work, the eldest first among them; of ids, of each catalog's. */
export function mergeDetails<Voter extends Speaker>(
  voters: readonly Voter[],
  read: (voter: Voter) => MediaDetails | null | undefined,
  newcomers: ReadonlySet<string> = newcomersAmong(voters),
): MediaDetails | null {
  if (voters.every((voter) => !read(voter))) return null;
  const most = (field: keyof MediaDetails) =>
    heaviest(voters, newcomers, (voter) => present(read(voter)?.[field] ?? null))?.value;
  const details = Object.fromEntries(
    FIELDS.map((field) => [field, most(field) ?? NO_DETAILS[field]]),
  ) as MediaDetails;
  const idsOf = (voter: Voter) => read(voter)?.externalIds ?? [];
  const slots = new Set(voters.flatMap((voter) => idsOf(voter).map(slotOf)));
  const externalIds = [...slots].sort().flatMap((slot) => {
    const vote = heaviest(
      voters,
      newcomers,
      (voter) => idsOf(voter).find((id) => slotOf(id) === slot) ?? null,
    );
    return vote ? [vote.value] : [];
  });
  return detailsOrNull({ ...details, externalIds });
}

/** What a title's files say together: what most of them do, each network with one voice, and proven ones before others. */
export function titleDetails(records: readonly DetailsRecord[]): MediaDetails {
  const proven = records.filter(({ isProven }) => isProven);
  const heard = [...(proven.length > 0 ? proven : records)].sort(
    (one, other) => one.firstAt - other.firstAt || (one.catalogId < other.catalogId ? -1 : 1),
  );
  return mergeDetails(heard, ({ details }) => details) ?? NO_DETAILS;
}

const slotOf = ({ provider, ofShow }: ExternalId) => `${ofShow} ${provider}`;
