import { readFileSync } from 'node:fs';

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

/** The workspace's, or the one of the package that this was installed from. */
export const VERSION: string = JSON.parse(manifest).version;
