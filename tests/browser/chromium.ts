/** Headless as root, and without the connections to Google a fresh profile makes. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--host-resolver-rules=MAP films.test 127.0.0.1',
];

/** A name of this machine that browsers do not take for it: over HTTP its pages have no secure context. */
export const INSECURE_HOST = 'films.test';
