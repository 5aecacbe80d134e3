import {
  type AccessLimits,
  type Authenticator,
  HttpProblem,
  isLimited,
  NOT_LIMITED,
} from '@giggityflix/http';
import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import type { FastifyInstance } from 'fastify';
import type { CatalogReads } from '../store/store.ts';
import { type AddressQuery, limitsOfAddress, version } from './address.ts';
import { PICTURE_TYPES } from './encode.ts';

const MAX_INDEX = 99;
const A_YEAR_S = 31_536_000;
/** How long a picture asked for without its version may be shown unasked. */
const REVALIDATE_AFTER_S = 300;

interface ArtworkDeps {
  seenBy: (limits: AccessLimits) => Pick<CatalogReads, 'artwork'>;
  authenticator: Authenticator;
}

/**
 * Serves `GET /artwork/{catalogId}/{index}`, with revalidation by entity tag (RFC 9110). To someone whose token, or whose
 * page's address, is limited it serves the pictures that they see.
 */
export function serveArtwork(app: FastifyInstance, { seenBy, authenticator }: ArtworkDeps): void {
  const NO_PICTURE = () => new HttpProblem(404, 'Not Found', { detail: 'there is no such picture' });
  /** Null for a limit that is none. Whoever is nobody that is known has no limits, as without credentials. */
  const limitsOf = async ({
    query,
    headers,
  }: {
    query: AddressQuery;
    headers: { authorization?: string };
  }) => {
    const identity = await authenticator.authenticate(headers.authorization).catch(() => null);
    return [limitsOfAddress(query), identity?.limits ?? NOT_LIMITED];
  };
  app.get<{ Params: { catalogId: string; index: string }; Querystring: AddressQuery & { v?: string } }>(
    '/artwork/:catalogId/:index',
    { config: { embeddable: true } },
    async (request, reply) => {
      const { catalogId, index } = request.params;
      const id = parseCatalogId(catalogId);
      const isIndex = /^\d{1,2}$/.test(index) && Number(index) <= MAX_INDEX;
      const all = await limitsOf(request);
      const limits = all.filter((some) => some !== null);
      if (!id || !isIndex || limits.length < all.length) throw NO_PICTURE();
      const limited = limits.filter(isLimited);
      const seen = await Promise.all(
        (limited.length > 0 ? limited : [NOT_LIMITED]).map((some) => seenBy(some).artwork(id, Number(index))),
      );
      const picture = seen.includes(null) ? null : seen[0];
      const isShown = picture && PICTURE_TYPES.includes(picture.mimeType);
      if (!isShown) throw NO_PICTURE();
      const tag = `"${picture.digest}"`;
      const versioned = request.query.v === version(picture.digest);
      reply.headers({
        etag: tag,
        'cache-control': cacheFor({ versioned, isLimited: limited.length > 0 }),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      if (matches(request.headers['if-none-match'], tag)) return reply.code(304).send();
      return reply.type(picture.mimeType).send(Buffer.from(picture.data));
    },
  );
}

/** What is seen within limits may be hidden tomorrow, and is nothing for caches that others share. */
function cacheFor({ versioned, isLimited }: { versioned: boolean; isLimited: boolean }): string {
  if (isLimited) return `private, max-age=${REVALIDATE_AFTER_S}`;
  return versioned ? `public, max-age=${A_YEAR_S}, immutable` : `public, max-age=${REVALIDATE_AFTER_S}`;
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((given) => ['*', tag, `W/${tag}`].includes(given.trim()));
}
