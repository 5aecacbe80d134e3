/** What the pages ask of the gateway: `operations.graphql` beside this file, with the types that the schema gives it. */
import type {
  FileDetailsFragment,
  TitleDetailsFragment,
  TitlePageQuery,
  WatchPageQuery,
} from './generated/operations.ts';

export * from './generated/operations.ts';

export type MediaFile = FileDetailsFragment;
export type Title = TitleDetailsFragment;
export type Progress = NonNullable<Title['progress']>;
/** What is said of a title's work. */
export type TitleWithDetails = NonNullable<TitlePageQuery['title']>;
/** A part of a file. */
export type FilePart = Omit<NonNullable<WatchPageQuery['mediaFile']>['markers'][number], 'kind'>;
