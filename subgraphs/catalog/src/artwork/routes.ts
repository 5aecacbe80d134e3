import { HttpProblem } from '@giggityflix/http';
import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import type { FastifyInstance } from 'fastify';
import type { ArtworkInfo, CatalogStore } from '../store/store.ts';
import { PICTURE_TYPES } from './encode.ts';

const MAX_INDEX = 99;
const A_YEAR_S = 31_536_000;
/** How long a picture asked for without its version may be shown unasked. */
const REVALIDATE_AFTER_S = 300;

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
    { config: { embeddable: true } },
    async (request, reply) => {
      const { catalogId, index } = request.params;
      const id = parseCatalogId(catalogId);
      const isIndex = /^\d{1,2}$/.test(index) && Number(index) <= MAX_INDEX;
      const picture = id && isIndex ? await store.artwork(id, Number(index)) : null;
      const isShown = picture && PICTURE_TYPES.includes(picture.mimeType);
      if (!isShown) throw new HttpProblem(404, 'Not Found', { detail: 'there is no such picture' });
      const tag = `"${picture.digest}"`;
      const versioned = request.query.v === version(picture.digest);
      reply.headers({
        etag: tag,
        'cache-control': versioned
          ? `public, max-age=${A_YEAR_S}, immutable`
          : `public, max-age=${REVALIDATE_AFTER_S}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
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
