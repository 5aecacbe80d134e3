/** The polynomial of Castagnoli, its bits reversed. */
const POLYNOMIAL = 0x82f6_3b78;
const STEP = 8;

/** `TABLES[n][byte]`: the checksum of the byte with `n` zeros after it. */
const TABLES = Array.from({ length: STEP }, () => new Int32Array(256));
for (let byte = 0; byte < 256; byte += 1) {
  let checksum = byte;
  for (let bit = 0; bit < 8; bit += 1) checksum = (checksum >>> 1) ^ (checksum & 1 ? POLYNOMIAL : 0);
  TABLES[0]![byte] = checksum;
}
for (let zeros = 1; zeros < STEP; zeros += 1)
  for (let byte = 0; byte < 256; byte += 1) {
    const before = TABLES[zeros - 1]![byte]!;
    TABLES[zeros]![byte] = (before >>> 8) ^ TABLES[0]![before & 0xff]!;
  }
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  ...[Int32Array, Int32Array, Int32Array, Int32Array],
  ...[Int32Array, Int32Array, Int32Array, Int32Array],
];

/** CRC-32C of the bytes, eight at a step. */
export function crc32c(bytes: Uint8Array): number {
  const whole = bytes.length - (bytes.length % STEP);
  let checksum = -1;
  let at = 0;
  for (; at < whole; at += STEP)
    checksum =
      T7[(checksum ^ bytes[at]!) & 0xff]! ^
      T6[((checksum >>> 8) ^ bytes[at + 1]!) & 0xff]! ^
      T5[((checksum >>> 16) ^ bytes[at + 2]!) & 0xff]! ^
      T4[((checksum >>> 24) ^ bytes[at + 3]!) & 0xff]! ^
      T3[bytes[at + 4]!]! ^
      T2[bytes[at + 5]!]! ^
      T1[bytes[at + 6]!]! ^
      T0[bytes[at + 7]!]!;
  for (; at < bytes.length; at += 1) checksum = (checksum >>> 8) ^ T0[(checksum ^ bytes[at]!) & 0xff]!;
  return ~checksum >>> 0;
}
