import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writePrivateFile } from '@giggityflix/state/private-file';

/** A certificate chain and its key, both PEM. */
export interface Pair {
  cert: string;
  key: string;
}

export interface PairFiles {
  certPath: string;
  keyPath: string;
}

/** Who reads between the two sees a pair that does not match, and looks again. */
export function writePair({ certPath, keyPath }: PairFiles, { cert, key }: Pair): void {
  writePrivateFile(keyPath, key);
  writePrivateFile(certPath, cert);
}

/** What is stored and fits together; null when it is not there or damaged. */
export function readPair({ certPath, keyPath }: PairFiles): (Pair & { leaf: X509Certificate }) | null {
  const [cert, key] = [readText(certPath), readText(keyPath)];
  if (cert === null || key === null) return null;
  try {
    const leaf = new X509Certificate(cert);
    return leaf.checkPrivateKey(createPrivateKey(key)) ? { cert, key, leaf } : null;
  } catch {
    return null;
  }
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** When a third of a certificate's life is left, in milliseconds since 1970. */
export function renewalTime({ validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>): number {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  return to - (to - from) / 3;
}
