import { catalogIdToBuffer } from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { MediaInfo } from '../metadata/media-info.ts';
import type { Descriptions } from './descriptions.ts';
import { writeMedia } from './media.ts';
import type { Queries } from './queries.ts';
import { type ContentRow, type FileRow, toContent } from './rows.ts';
import { putFile, type Statements } from './statements.ts';
import type { Superseded } from './superseded.ts';
import type { Transactions } from './transactions.ts';
import type { Content, FileFacts, LibraryFile } from './types.ts';

/** What reading a file came to. */
export interface Reading {
  read: FileFacts;
  content: Content;
  /** How deeply the film was looked into. */
  depth?: number;
  /** Runs in the same transaction when this file describes the content. */
  onDescribed?: () => void;
}

/** What reading a file changes in the index: its bytes, and their description. Each method is one transaction. */
export function createContentChanges(deps: {
  sql: Statements;
  get: Queries['get'];
  mutate: Transactions['mutate'];
  descriptions: Descriptions;
  superseded: Superseded;
}) {
  const { sql, get, mutate, descriptions } = deps;
  /** Whether a file was still the one that was read; then its content is recorded. */
  const completeOne = (
    touch: (id: CatalogId | null) => void,
    { read, content, depth, onDescribed }: Reading,
  ) => {
    const now = get(read);
    if (!now || now.sizeBytes !== read.sizeBytes || now.mtimeMs !== read.mtimeMs || now.state !== 'pending')
      return false;
    touch(now.catalogId);
    touch(content.catalogId);
    const id = catalogIdToBuffer(content.catalogId);
    const isNew = sql.content.get(id) === undefined;
    const first = sql.firstHolder.get(id) as FileRow | undefined;
    const isFirst =
      first === undefined || read.dir < first.dir || (read.dir === first.dir && read.name < first.name);
    sql.putContent.run(
      id,
      content.sizeBytes,
      JSON.stringify(content.hashes),
      content.pieceLayer,
      writeMedia(content.media),
    );
    putFile(sql, { file: now, state: 'shared', reason: null, catalogId: content.catalogId });
    if (isFirst && !isNew) sql.describe.run(writeMedia(content.media), id);
    if (isFirst) {
      descriptions.put(id, read, depth ?? 0);
      onDescribed?.();
    }
    return true;
  };

  const completeAll = (readings: readonly Reading[]): boolean[] =>
    mutate((touch, superseded) =>
      readings.map((reading) => {
        const isDone = completeOne(touch, reading);
        if (isDone) superseded.push(...deps.superseded.by(reading.read, reading.content.catalogId));
        return isDone;
      }),
    );

  return {
    /**
     * Records what files' bytes are, as far as they are still the files that were read, and returns which were. Of several
     * files with the same bytes the first by folder and name describes them, whichever was read first.
     */
    completeAll,

    /** {@link completeAll} for one file. */
    complete: (
      read: FileFacts,
      content: Content,
      options: { depth?: number; onDescribed?: () => void } = {},
    ): boolean => completeAll([{ read, content, ...options }])[0] === true,

    /**
     * Puts a description made of `file` in place of the former, if that file is still the one to describe the content,
     * with the same sidecars. Calls `onDescribed` in the same transaction when it says something else, or `always`.
     */
    redescribe(
      id: Buffer,
      file: LibraryFile,
      media: MediaInfo,
      {
        depth,
        always,
        onDescribed,
      }: { depth: number; always: boolean; onDescribed: (content: Content) => void },
    ): boolean {
      return mutate(() => {
        const now = sql.firstHolder.get(id) as FileRow | undefined;
        const row = sql.content.get(id) as ContentRow | undefined;
        if (!now || !row) return false;
        if (now.dir !== file.dir || now.name !== file.name || now.sidecars !== file.sidecars) return false;
        const text = writeMedia(media);
        const former = descriptions.fileOf(id);
        const isElsewhere = former?.name !== file.name || former.dir !== file.dir;
        const isOther = text !== row.media || isElsewhere;
        if (text !== row.media) sql.describe.run(text, id);
        descriptions.put(id, file, depth);
        if (isOther || always) onDescribed(toContent({ ...row, media: text }));
        return true;
      });
    },
  };
}
