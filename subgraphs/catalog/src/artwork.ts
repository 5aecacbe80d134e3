import { createHash } from 'node:crypto';
import { ids } from '@giggityflix/bus';
import { HttpProblem } from '@giggityflix/http';
import type { FastifyInstance } from 'fastify';
import type { ArtworkInfo, CatalogStore } from './store.ts';

/** Most bytes of a picture; the event's limit on its Base64 form allows this much. */
export const MAX_ARTWORK_BYTES = 393_216;
const MAX_INDEX = 99;
const A_YEAR_S = 31_536_000;
/** How long a picture asked for without its version may be shown unasked. */
const REVALIDATE_AFTER_S = 300;

/** How files of each kind begin. */
const SIGNATURES: Readonly<Record<string, (data: Buffer) => boolean>> = {
  'image/jpeg': (data) => data.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/png': (data) => data.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  'image/webp': (data) =>
    data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', 8, 12) === 'WEBP',
};

/** Whether bytes from a peer begin like the kind of picture they are said to be. */
export function isPicture(data: Buffer, mimeType: string): boolean {
  return data.length <= MAX_ARTWORK_BYTES && (SIGNATURES[mimeType]?.(data) ?? false);
}

export function digestOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Relative to the gateway, which passes the path on. The version lets a browser keep a picture for good. */
export function artworkUrl({ catalogId, index, digest }: ArtworkInfo): string {
  return `/artwork/${catalogId}/${index}?v=${version(digest)}`;
}

function version(digest: string): string {
  return digest.slice(0, 16);
}

/** Serves `GET /artwork/{catalogId}/{index}`, with revalidation by entity tag (RFC 9110). */
export function serveArtwork(app: FastifyInstance, store: Pick<CatalogStore, 'artwork'>): void {
  app.get<{ Params: { catalogId: string; index: string }; Querystring: { v?: string } }>(
    '/artwork/:catalogId/:index',
    async (request, reply) => {
      const { catalogId, index } = request.params;
      const valid =
        ids.catalogId.safeParse(catalogId).success && /^\d{1,2}$/.test(index) && Number(index) <= MAX_INDEX;
      const picture = valid ? await store.artwork(catalogId, Number(index)) : null;
      if (!picture) throw new HttpProblem(404, 'Not Found', { detail: 'there is no such picture' });
      const tag = `"${picture.digest}"`;
      const versioned = request.query.v === version(picture.digest);
      reply.headers({
        etag: tag,
        'cache-control': versioned
          ? `public, max-age=${A_YEAR_S}, immutable`
          : `public, max-age=${REVALIDATE_AFTER_S}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'",
      });
      if (matches(request.headers['if-none-match'], tag)) return reply.code(304).send();
      return reply.type(picture.mimeType).send(Buffer.from(picture.data));
    },
  );
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((given) => ['*', tag, `W/${tag}`].includes(given.trim()));
}
