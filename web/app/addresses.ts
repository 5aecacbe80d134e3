/** Where the page loads from what it does not import. The build puts digests of the content into these names. */
export const addresses = {
  /** Draws SubStation Alpha, with what it loads itself. */
  assWorker: '/ass/ass-worker.js',
  assWasm: '/ass/ass.wasm',
  assModernWasm: '/ass/ass-modern.wasm',
  assFont: '/ass/default.woff2',
  /** Hashes pieces where the page cannot natively. */
  hashWorker: '/hash-worker.js',
};
