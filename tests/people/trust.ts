// cspell:ignore spki
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What has Chromium take the certificate in a file as if who issued it were trusted. */
export function trusting(certPath: string): string {
  const key = new X509Certificate(readFileSync(certPath)).publicKey.export({ type: 'spki', format: 'der' });
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`;
}
