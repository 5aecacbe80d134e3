import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

const TIMEOUT_MS = 5_000;
const LONGEST_ANSWER = 65_536;

/** What an address answers with, also under a certificate that this machine does not trust; null for no answer in JSON. */
export async function fetchJson(url: URL, redirects = 1): Promise<unknown> {
  try {
    const response = await ask(url);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location && redirects > 0) {
      response.destroy();
      return await fetchJson(new URL(headers.location, url), redirects - 1);
    }
    let body = '';
    for await (const part of response.setEncoding('utf8')) {
      body += part;
      if (body.length > LONGEST_ANSWER) return null;
    }
    return statusCode === 200 ? JSON.parse(body) : null;
  } catch {
    return null;
  }
}

function ask(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    // Another check is for the certificate; nothing secret is sent, and nothing that comes back is kept.
    const sent =
      url.protocol === 'https:'
        ? httpsGet(url, { signal, rejectUnauthorized: false }, resolve)
        : httpGet(url, { signal }, resolve);
    sent.once('error', reject);
  });
}
