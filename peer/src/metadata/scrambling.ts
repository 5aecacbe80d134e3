import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';

const HEAD_BYTES = 256 * 1_024;
const PACKET_BYTES = [188, 192, 204];
const SYNC_BYTE = 0x47;
/** Objects of an ASF header that hold a key or a licence: content encryption, and its extended form. */
const ASF_ENCRYPTION = ['fbb3112223bdd211b4b700a0c955fc6e', '14e68a292226174cb935dae07ee9289c'].map((guid) =>
  Buffer.from(guid, 'hex'),
);

/** Whether a film is encrypted: a recording of what only subscribers may see, or a WMV with rights management. */
export async function isScrambled(container: string, handle: FileHandle): Promise<boolean> {
  if (container !== 'mpegts' && container !== 'asf') return false;
  const head = await readUpTo(handle, 0, HEAD_BYTES);
  if (container === 'asf') return ASF_ENCRYPTION.some((guid) => head.includes(guid));
  return PACKET_BYTES.some((length) => isMostlyScrambled(head, length));
}

/** Most packets of a scrambled channel are marked so (ISO/IEC 13818-1, transport_scrambling_control); its tables are not. */
function isMostlyScrambled(head: Buffer, length: number): boolean {
  const start = head.indexOf(SYNC_BYTE);
  let packets = 0;
  let scrambled = 0;
  for (let at = start; at >= 0 && at + 4 <= head.length; at += length) {
    if (head[at] !== SYNC_BYTE) return false;
    packets += 1;
    if ((head[at + 3]! & 0xc0) !== 0) scrambled += 1;
  }
  return packets > 4 && scrambled > packets / 2;
}
