import { request } from 'node:http';
import { controlAddress } from './address.ts';

/** No daemon answers on this data directory. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError';
}

/**
 * Asks the daemon of a data directory.
 *
 * @throws NotRunningError when there is none.
 */
export function askDaemon<T>(dataDir: string, method: 'GET' | 'POST', path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: controlAddress(dataDir), method, path }, async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        if (response.statusCode === 200) resolve(body as T);
        else reject(new Error(body.error ?? `the daemon answered ${response.statusCode}`));
      } catch (error) {
        reject(error as Error);
      }
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      const absent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      reject(absent ? new NotRunningError(`no daemon runs on ${dataDir}`) : error);
    });
    call.end();
  });
}
