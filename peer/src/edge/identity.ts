import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { derivePeerId, rawPublicKey } from '@giggityflix/proto';

export interface PeerIdentity {
  peerId: string;
  /** Ed25519, 32 bytes. */
  publicKey: Buffer;
  privateKey: KeyObject;
}

export const KEY_FILE = 'peer.key';

/**
 * Reads the peer's Ed25519 key from `dataDir`, making one at the first start (PKCS #8 PEM, readable by its owner alone). The
 * key is the peer: whoever has the file can be it, and without it the id is lost.
 *
 * @throws Error when the key file cannot be read or is no Ed25519 key.
 */
export function loadIdentity(options: { dataDir: string; peerId: string | null }): PeerIdentity {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const path = join(options.dataDir, KEY_FILE);
  const privateKey = readKey(path) ?? createKey(path);
  const publicKey = rawPublicKey(privateKey);
  return { peerId: options.peerId ?? derivePeerId(publicKey), publicKey, privateKey };
}

function readKey(path: string): KeyObject | null {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The error below says what to do.
  }
  throw new Error(`${path} is not an Ed25519 key in PEM: restore it, or remove it to become a new peer`);
}

/** Written aside and linked into place, so that no crash leaves half a key and of two starts one key wins. */
function createKey(path: string): KeyObject {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, pem, { mode: 0o600, flush: true });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readKey(path)!;
}
