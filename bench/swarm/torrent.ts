import { pathToFileURL } from 'node:url';
import type { FromTorrent, ToTorrent } from './webtorrent.ts';

/** What is used of WebTorrent, which has no types of its own and is installed when it is measured. */
interface Client {
  torrentPort: number;
  on(event: 'error', listener: (error: Error) => void): void;
  seed(path: string, options: object, listener: (torrent: Torrent) => void): void;
  add(torrent: Uint8Array, options: object, listener: (torrent: Torrent) => void): void;
}
interface Torrent {
  torrentFile: Uint8Array;
  received: number;
  done: boolean;
  addPeer(address: string): void;
  on(event: 'done', listener: () => void): void;
}

/** A WebTorrent client in a process of its own: it finds nobody by itself, and keeps a film in memory. */
const report = (message: FromTorrent) => process.send?.(message);

async function createClient(entry: string): Promise<Client> {
  const { default: WebTorrent } = await import(pathToFileURL(entry).href);
  const client = new WebTorrent({
    dht: false,
    tracker: false,
    lsd: false,
    natUpnp: false,
    natPmp: false,
    utPex: false,
    utp: true,
  }) as Client;
  client.on('error', (error) => {
    console.error(error);
    process.exit(1);
  });
  return client;
}

async function seed({ entry, path }: ToTorrent & { type: 'seed' }): Promise<void> {
  const client = await createClient(entry);
  client.seed(path, { announce: [] }, (torrent) => {
    const encoded = Buffer.from(torrent.torrentFile).toString('base64');
    report({ type: 'seeding', torrent: encoded, port: client.torrentPort });
  });
}

async function fetch({
  entry,
  torrent: encoded,
  ports,
  seconds,
}: ToTorrent & { type: 'fetch' }): Promise<void> {
  const { default: MemoryStore } = await import(
    pathToFileURL(entry.replace('webtorrent/index.js', 'memory-chunk-store/index.js')).href
  );
  const client = await createClient(entry);
  client.add(Buffer.from(encoded, 'base64'), { announce: [], store: MemoryStore }, (torrent) => {
    let startedAt = 0;
    const finish = () => {
      report({ type: 'result', bytes: torrent.received, ms: performance.now() - startedAt });
    };
    for (const port of ports) torrent.addPeer(`127.0.0.1:${port}`);
    // As with the others, the time it takes to connect does not count.
    const waiting = setInterval(() => {
      if (torrent.received === 0) return;
      clearInterval(waiting);
      startedAt = performance.now();
      const timer = setTimeout(finish, seconds * 1_000);
      torrent.on('done', () => {
        clearTimeout(timer);
        finish();
      });
    }, 2);
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToTorrent) => {
  if (message.type === 'seed') void seed(message);
  else void fetch(message);
});
