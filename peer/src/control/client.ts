import { request } from 'node:http';
import { controlAddresses } from './address.ts';

/** No daemon answers on this data directory. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError';
}

/**
 * Asks the daemon of a data directory.
 *
 * @throws NotRunningError when there is none.
 */
export async function askDaemon<T>(dataDir: string, method: 'GET' | 'POST', path: string): Promise<T> {
  for (const address of controlAddresses(dataDir)) {
    try {
      return await askAt<T>(address, method, path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw error;
    }
  }
  throw new NotRunningError(`no daemon runs on ${dataDir}`);
}

function askAt<T>(socketPath: string, method: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    // A connection for each question: one that was kept may be closed by the daemon just then.
    const call = request({ socketPath, method, path, agent: false }, async (response) => {
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
    call.on('error', reject);
    call.end();
  });
}
