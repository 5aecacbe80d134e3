import type { IncomingMessage } from 'node:http';

/** An `import` of these reads all they export, and so loads undici, as `fetch` does: 4 MB for one small document. */
const { get: getHttp } = process.getBuiltinModule('node:http');
const { get: getHttps } = process.getBuiltinModule('node:https');

const MAX_REDIRECTS = 5;

export interface GetLimits {
  /** For the whole answer, in milliseconds. */
  timeoutMs: number;
  maxCharacters: number;
}

/**
 * The text at an http or https URL, redirects followed.
 *
 * @throws Error when the answer is no success, too long or too late, or there is none.
 */
export async function getText(url: string, limits: GetLimits): Promise<string> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  let address = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await request(address, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location) {
      response.destroy();
      address = new URL(headers.location, address);
      continue;
    }
    if (statusCode < 200 || statusCode >= 300) {
      response.destroy();
      throw new Error(`${address.href} answered ${statusCode}`);
    }
    return readText(response, limits.maxCharacters);
  }
  throw new Error(`${url} redirects more than ${MAX_REDIRECTS} times`);
}

function request(address: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const get = address.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    get(address, { signal, agent: false }, resolve).on('error', reject);
  });
}

async function readText(response: IncomingMessage, maxCharacters: number): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk;
    if (text.length > maxCharacters) throw new Error(`sent more than ${maxCharacters} characters`);
  }
  return text;
}
