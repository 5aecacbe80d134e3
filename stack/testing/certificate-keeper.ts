import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readPair } from '../src/certificates/stored.ts';
import { HTTPS_VARIABLE } from '../src/https-choice.ts';

/** The process that keeps the certificate of a domain, as `npm start -- --domain` runs it, one at a time. */
export function certificateKeeper(directory: string, common: Record<string, string>) {
  let keeper: ChildProcess | null = null;
  let log = '';
  const stop = async () => {
    const child = keeper;
    keeper = null;
    if (!child) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  };
  const folder = (domain: string) => join(directory, 'data/tls', domain);
  const files = (domain: string) => ({
    certPath: join(folder(domain), 'server.pem'),
    keyPath: join(folder(domain), 'server.key'),
  });
  return {
    folder,
    files,
    pair: (domain: string) => readPair(files(domain)),
    /** What the one that was started last has said. */
    log: () => log,
    stop,
    async start(domain: string, env: Record<string, string> = {}): Promise<void> {
      await stop();
      log = '';
      const child = spawn(process.execPath, [join(import.meta.dirname, '../src/certificates/main.ts')], {
        env: {
          PATH: process.env.PATH,
          STACK_DATA_DIR: join(directory, 'data'),
          [HTTPS_VARIABLE]: JSON.stringify({ kind: 'domain', domain }),
          ...common,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
      keeper = child;
    },
  };
}
