import type { Logger } from '@giggityflix/kernel';
import {
  ArtworkKind,
  artworkKindToMessage,
  type CommandResponse,
  catalogIdToBuffer,
} from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { PlacedPicture } from '../artwork/side-pictures.ts';
import type { Content } from '../library/types.ts';
import type { Screenshot } from '../screenshots/screenshots.ts';
import { type DescribingFile, toMediaDescription } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { Sender } from './sender.ts';

/** What the platform learns of films and commands: kept in the outbox until the edge has it. */
export interface Announcements {
  /** May be called within a transaction of the library: the message goes out when that has ended. */
  description(content: Content, file: DescribingFile): void;
  pictures(catalogId: CatalogId, pictures: readonly Screenshot[]): void;
  /** Pictures beside and within films, each in its place; those in `removed` places are taken back. */
  artwork(catalogId: CatalogId, pictures: readonly PlacedPicture[], removed: readonly number[]): void;
  response(response: CommandResponse): void;
  /** Whether so much waits for an edge that is there that what nobody waits for is to come later. */
  isBehind(): boolean;
  /** Whether more files are read than the edge takes announcements of: the latest would wait for those before it. */
  isCrowded(): boolean;
}

/** Messages that wait for the edge, a few seconds of what it takes. */
const BEHIND = 300;

/** Takes a picture back. */
const NO_PICTURE = {
  kind: ArtworkKind.ARTWORK_KIND_UNSPECIFIED,
  mimeType: 'image/jpeg',
  width: 1,
  height: 1,
  atSeconds: 0,
  data: Buffer.alloc(0),
};

export function createAnnouncements(deps: { outbox: Outbox; sender: Sender; logger: Logger }): Announcements {
  const { outbox, sender, logger } = deps;
  return {
    isBehind: () => sender.isAttached() && sender.backlog() > BEHIND,
    isCrowded: sender.isCrowded,
    description(content, file) {
      outbox.put('description', content.catalogId, {
        $case: 'mediaDescription',
        value: toMediaDescription(content, file),
      });
      sender.expect('description', content.catalogId);
    },
    pictures(catalogId, pictures) {
      for (const picture of pictures)
        outbox.put('artwork', `${catalogId}/${picture.index}`, {
          $case: 'artwork',
          value: {
            catalogId: catalogIdToBuffer(catalogId),
            kind: ArtworkKind.ARTWORK_KIND_STILL,
            ...picture,
          },
        });
      setImmediate(() => sender.pump());
    },
    artwork(catalogId, pictures, removed) {
      const id = catalogIdToBuffer(catalogId);
      for (const { index, kind, mimeType, width, height, data } of pictures)
        outbox.put('artwork', `${catalogId}/${index}`, {
          $case: 'artwork',
          value: {
            ...{ catalogId: id, index, kind: artworkKindToMessage(kind), mimeType },
            ...{ width, height, data, atSeconds: 0 },
          },
        });
      for (const index of removed)
        outbox.put('artwork', `${catalogId}/${index}`, {
          $case: 'artwork',
          value: { ...NO_PICTURE, catalogId: id, index },
        });
      setImmediate(() => sender.pump());
    },
    response(response) {
      try {
        outbox.put('command_response', response.requestId, { $case: 'commandResponse', value: response });
        sender.expect('command_response', response.requestId);
      } catch (error) {
        logger.error({ err: error, request_id: response.requestId }, 'an answer cannot be stored');
      }
    },
  };
}
