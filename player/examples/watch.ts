/**
 * A client in 30 lines: downloads a film from its peers, verifies it and writes it to a file.
 *
 *     node player/examples/watch.ts http://localhost:4000 <catalog id> film.mp4
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createFilmReader, createLink, createPlaybackSession, reportSession } from '@giggityflix/player';
import { createNodePlatform } from '@giggityflix/player/node';

const [origin = '', catalogId = '', path = ''] = process.argv.slice(2);
const platform = createNodePlatform({ origin });
const { graphql, timers } = platform;

const created = await createPlaybackSession(graphql, { catalogId, deviceId: 'watch.ts' });
const report = reportSession({
  graphql,
  timers,
  sessionId: created.session.id,
  position: () => 0,
  onEnded: (status) => console.error(`the session has ended: ${status}`),
});
const form = () => ({ rendition: 'original', startSeconds: 0 }) as const;
const onStatus = ({ state }: { state: string }) => console.error(state);
const link = createLink({ platform, catalogId, created, form, onStatus });

// Every piece is verified against the catalog id before it comes out of the reader.
const film = createFilmReader(link);
const { sizeBytes } = await film.describe();
await pipeline(film.read(0, sizeBytes), createWriteStream(path));
console.log(`${sizeBytes} bytes, verified`);

link.close();
await report.stop();
platform.close();
