import type { ExternalId } from '@giggityflix/proto/media-file';
import type { TitleFacts } from './identity.ts';

/** Catalogs whose ids name one work each, the best known first. */
const PROVIDERS = ['imdb', 'tmdb', 'tvdb', 'tvmaze', 'anidb', 'anilist', 'mal', 'trakt', 'wikidata'];

/**
 * The ids by which a film or an episode is known, in a fixed order: those of the episode's show with its numbers, then its
 * own. A clip has none, since its content stands for it.
 */
export function identityKeys({ kind, season, episode }: TitleFacts, ids: readonly ExternalId[]): string[] {
  if (kind === 'CLIP') return [];
  const known = PROVIDERS.flatMap((provider) => ids.filter((id) => id.provider === provider));
  const own = known.filter(({ ofShow }) => !ofShow);
  if (kind === 'MOVIE') return own.map((id) => `${kind}/${nameOf(id)}`);
  if (episode === null) return [];
  // With its numbers even an episode's own id: tools that write a show's there must not make one of all its episodes.
  const numbers = `${season ?? ''}/${episode}`;
  const ofShow = known.filter((id) => id.ofShow);
  return [
    ...ofShow.map((id) => `${kind}/show/${nameOf(id)}/${numbers}`),
    ...own.map((id) => `${kind}/${nameOf(id)}/${numbers}`),
  ];
}

/** What two ids share that cannot both be those of one title: the catalog they are of. */
export function slotOf(key: string): string {
  return key.replace(/:[^/]*/u, '');
}

const nameOf = ({ provider, value }: ExternalId) => `${provider}:${value}`;
