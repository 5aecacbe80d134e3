import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ClientError, clientError } from '../../errors.ts';

/** How the document of a request is found. */
export type DocumentLookup = { ok: true; source: string } | { ok: false; error: ClientError };

export interface PersistedDocuments {
  /** `query` and `extensions` as the client sent them. */
  find(query: string | undefined, extensions: unknown, documentId: unknown): DocumentLookup;
}

/** Documents clients registered by hash: a client has tens. */
const MAX_REGISTERED = 5_000;
const MAX_DOCUMENT_LENGTH = 20_000;

/**
 * Automatic persisted queries as Apollo's clients speak them: a hash alone is answered when its document is known
 * (PERSISTED_QUERY_NOT_FOUND asks the client to send both).
 */
export function automaticDocuments(): PersistedDocuments {
  const documents = new LRUCache<string, string>({ max: MAX_REGISTERED });
  return {
    find(query, extensions, documentId) {
      const hash = hashOf(extensions, documentId);
      if (hash === null) return query === undefined ? missing() : { ok: true, source: query };
      if (typeof hash !== 'string') return { ok: false, error: hash };
      if (query === undefined) {
        const source = documents.get(hash);
        return source === undefined ? notFound() : { ok: true, source };
      }
      if (sha256(query) !== hash)
        return { ok: false, error: clientError('BAD_REQUEST', 'sha256Hash is not the hash of the query') };
      if (query.length <= MAX_DOCUMENT_LENGTH) documents.set(hash, query);
      return { ok: true, source: query };
    },
  };
}

/**
 * Only documents on the list, by hash or in full; blanks and comments do not matter. `manifest` maps the SHA-256 of
 * each document to the document.
 */
export function safelistedDocuments(manifest: ReadonlyMap<string, string>): PersistedDocuments {
  const byContent = new Map([...manifest.values()].map((document) => [contentOf(document), document]));
  const byText = new LRUCache<string, string>({ max: MAX_REGISTERED });
  const findText = (text: string): string | undefined => {
    const known = byText.get(text);
    if (known !== undefined || text.length > MAX_DOCUMENT_LENGTH) return known;
    const document = byContent.get(contentOf(text));
    if (document !== undefined) byText.set(text, document);
    return document;
  };
  return {
    find(query, extensions, documentId) {
      const hash = hashOf(extensions, documentId);
      if (hash !== null && typeof hash !== 'string') return { ok: false, error: hash };
      if (hash === null && query === undefined) return missing();
      const source = query === undefined ? manifest.get(hash!) : findText(query);
      if (source !== undefined) return { ok: true, source };
      return {
        ok: false,
        error: clientError(
          'PERSISTED_QUERY_NOT_IN_LIST',
          'this operation is not on the list of those served',
        ),
      };
    },
  };
}

/**
 * Reads a manifest written by GraphQL Codegen's persisted documents: an object of hashes and documents.
 * @throws Error naming the file when it is not one, or a hash is not its document's.
 */
export function readManifest(path: string): ReadonlyMap<string, string> {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null)
    throw new Error(`${path} is not a manifest of documents`);
  const entries = Object.entries(parsed);
  for (const [hash, document] of entries)
    if (typeof document !== 'string' || sha256(document) !== hash)
      throw new Error(`${path}: ${JSON.stringify(hash)} is not the SHA-256 of its document`);
  return new Map(entries as [string, string][]);
}

/** A document without what has no meaning in it; text that is no document has no content to compare. */
function contentOf(document: string): string | undefined {
  try {
    return stripIgnoredCharacters(document);
  } catch {
    return undefined;
  }
}

function hashOf(extensions: unknown, documentId: unknown): string | null | ClientError {
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '');
  const persisted = (extensions as { persistedQuery?: unknown } | null | undefined)?.persistedQuery;
  if (persisted === undefined || persisted === null) return null;
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1) return clientError('BAD_REQUEST', 'persistedQuery.version must be 1');
  if (typeof sha256Hash !== 'string' || !/^[0-9a-f]{64}$/.test(sha256Hash))
    return clientError('BAD_REQUEST', 'persistedQuery.sha256Hash must be 64 hexadecimal digits');
  return sha256Hash;
}

function missing(): DocumentLookup {
  return { ok: false, error: clientError('BAD_REQUEST', 'the request has no query') };
}

function notFound(): DocumentLookup {
  return { ok: false, error: clientError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound') };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
