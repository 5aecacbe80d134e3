import type { MediaDetails } from '@giggityflix/proto/media-file';
import type { TitleResolvers } from '../generated/graphql.ts';
import type { Context } from './context.ts';
import { ownFiles } from './merged-details.ts';

const of =
  <Field extends keyof MediaDetails>(field: Field) =>
  async ({ id }: { id: string }, _args: object, { loaders }: Context): Promise<MediaDetails[Field]> =>
    (await loaders.detailsOfTitle(id))[field];

/** The fields of a title that what is said of its work fills. */
export const details = {
  episodeTitle: of('episodeTitle'),
  originalTitle: of('originalTitle'),
  plot: of('plot'),
  outline: of('outline'),
  tagline: of('tagline'),
  genres: of('genres'),
  tags: of('tags'),
  studios: of('studios'),
  people: of('people'),
  ratings: of('ratings'),
  certification: of('certification'),
  collection: of('collection'),
  externalIds: of('externalIds'),
  premiered: of('premiered'),
  runtime: of('runtimeMinutes'),
  showPlot: of('showPlot'),
  seasonTitle: of('seasonTitle'),
  async lastEpisode({ id }, _args, { loaders }) {
    const last = ownFiles(id, await loaders.filesOfTitle(id)).map(({ lastEpisode }) => lastEpisode);
    return last.length === 0 || last.includes(null) ? null : Math.min(...(last as number[]));
  },
  extraOf: ({ parentId }, _args, { loaders }) => (parentId ? loaders.title(parentId) : null),
  extras: ({ id }, _args, { loaders }) => loaders.extrasOfTitle(id),
} satisfies TitleResolvers;
