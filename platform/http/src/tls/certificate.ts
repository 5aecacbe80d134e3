import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Files of a certificate chain and its key, both PEM. */
export interface CertificateFiles {
  certPath: string;
  keyPath: string;
}

export interface Certificate {
  cert: Buffer;
  key: Buffer;
  expiresAt: Date;
}

/** @throws an error that names the file and what is wrong with it; nothing of the key is repeated. */
export async function readCertificate(
  { certPath, keyPath }: CertificateFiles,
  now = Date.now(),
): Promise<Certificate> {
  const [cert, key] = [await read('certificate', certPath), await read('key', keyPath)];
  const leaf = parsed(
    `the TLS certificate ${certPath} is no PEM certificate`,
    () => new X509Certificate(cert),
  );
  const privateKey = parsed(`the TLS key ${keyPath} is no PEM private key without a passphrase`, () =>
    createPrivateKey(key),
  );
  if (!leaf.checkPrivateKey(privateKey))
    throw new Error(`the TLS key ${keyPath} is not the one of the certificate ${certPath}`);
  const expiresAt = new Date(leaf.validTo);
  if (expiresAt.getTime() <= now)
    throw new Error(
      `the TLS certificate ${certPath} has expired: it was valid until ${expiresAt.toISOString()}`,
    );
  if (new Date(leaf.validFrom).getTime() > now)
    throw new Error(
      `the TLS certificate ${certPath} is not valid before ${new Date(leaf.validFrom).toISOString()}: is the clock right?`,
    );
  return { cert, key, expiresAt };
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`cannot read the TLS ${what} ${path} (${code ?? message})`);
  }
}

function parsed<T>(problem: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(problem);
  }
}
