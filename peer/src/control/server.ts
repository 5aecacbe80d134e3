import { chmodSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { READY, type Service } from '@giggityflix/kernel';
import type { FileKey, FileState, LibraryFile } from '../library/types.ts';
import type { MediaInfo } from '../metadata/media-info.ts';
import type { ScanReport } from '../scan/report.ts';
import type { PeerStatus } from '../status/status.ts';

/** An `import` of this module reads all it exports, and so loads its WebSocket client, which takes 8 MB of memory. */
const { createServer } = process.getBuiltinModule('node:http');

/** What the daemon's owner may ask of it through the control socket. */
export interface ControlActions {
  status(): PeerStatus;
  /** Scans, and waits for what was found to be read if asked. */
  scan(options: { wait: boolean }): Promise<ScanReport>;
  /** Has everything described to the platform again; how many films that is. */
  describe(): number;
  /** Tries the edge now. */
  reconnect(): void;
  files(options: { after?: FileKey; limit: number; state?: FileState }): LibraryFile[];
  /** What a file's own tags say it is, where they do. */
  tagsOf(file: LibraryFile): MediaInfo['tags'];
}

/** HTTP on a Unix domain socket (a named pipe on Windows) that only the daemon's user can reach. */
export function createControlServer(
  config: { addresses: readonly string[] },
  actions: ControlActions,
): Service {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://daemon');
    try {
      if (request.method === 'GET' && url.pathname === '/status')
        return reply(response, 200, actions.status());
      if (request.method === 'POST' && url.pathname === '/scan')
        return reply(response, 200, await actions.scan({ wait: url.searchParams.get('wait') === 'true' }));
      if (request.method === 'POST' && url.pathname === '/describe')
        return reply(response, 200, { films: actions.describe() });
      if (request.method === 'POST' && url.pathname === '/reconnect') {
        actions.reconnect();
        return reply(response, 200, {});
      }
      if (request.method === 'GET' && url.pathname === '/files') {
        const { searchParams: query } = url;
        const dir = query.get('dir');
        const page = actions.files({
          after: dir === null ? undefined : { dir, name: query.get('name') ?? '' },
          limit: Math.min(1_000, Number(query.get('limit')) || 1_000),
          state: (query.get('state') as FileState | null) ?? undefined,
        });
        if (query.get('tags') !== 'true') return reply(response, 200, page);
        return reply(
          response,
          200,
          page.map((file) => ({ ...file, tags: actions.tagsOf(file) })),
        );
      }
      reply(response, 404, { error: `no command ${request.method} ${url.pathname}` });
    } catch (error) {
      reply(response, 500, { error: (error as Error).message });
    }
  });
  async function listen(address: string): Promise<void> {
    // The data directory is locked by now, so a socket that is left over belongs to a daemon that died.
    if (process.platform !== 'win32') rmSync(address, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    if (process.platform !== 'win32') chmodSync(address, 0o600);
  }

  return {
    async start() {
      let failure: unknown;
      for (const address of config.addresses) {
        try {
          return await listen(address);
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    },
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    ready: () => READY,
  };
}

function reply(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
