/** Sizes in bytes, and the pieces roots (BEP 52) that libtorrent 2.1.1 makes of {@link fileOfSize}. */
export const FOREIGN_ROOTS: readonly [sizeBytes: number, root: string][] = [
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [16_383, 'e08c7d58e58b9318263144a618d6f2b6f6825974decd9e6f9371567354b6f566'],
  [16_384, '4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c'],
  [16_385, '5c4b07770bf0ae67dab836af8d330d7e4cff26158709542d908fd27156b75a69'],
  [262_144, 'cb337cacf6b424c64049b0801e75dcf84a54d5fac59a4007bc914671b000c65d'],
  [262_145, '92b79bd93881131d6785bcd38d17a294ded892075d42c07bc5e8af5b259ce340'],
  [5 * 1_048_576, '6ff0a3e8abe703df0ac2bb6f202782f6a4a47b9a39e06160aa789ab076be18d8'],
];

/** A file whose bytes differ from block to block, so that blocks in the wrong order give another root. */
export function fileOfSize(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, i) => (i % 251) ^ ((i >> 14) & 255));
}
