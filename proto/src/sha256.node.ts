import { hash } from 'node:crypto';

/** {@link Sha256} by OpenSSL; a page has no synchronous one. */
export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}
