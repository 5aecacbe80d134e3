import { createGraphQLClient } from '../graphql/client.ts';
import type { Platform } from '../ports/platform.ts';
import { globalTimers } from '../ports/timers.ts';
import { nodeHashing } from './hashing.ts';
import { offerChannel } from './rtc.ts';

export { nodeHashing } from './hashing.ts';
export { type FilmRead, readFilm, readFilmFrom } from './read-film.ts';
export { offerChannel } from './rtc.ts';

/**
 * The player's platform in Node.js.
 *
 * @param options `origin`: the gateway, such as `http://localhost:4000`; `bearer`: the access token of who watches.
 */
export function createNodePlatform({ origin, bearer }: { origin: string; bearer?: string }): Platform & {
  close(): void;
} {
  const graphql = createGraphQLClient({ url: new URL('/graphql', origin).href, bearer });
  return { graphql, offerChannel, hashing: nodeHashing, timers: globalTimers, close: graphql.close };
}
