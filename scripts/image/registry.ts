import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';

// cspell:ignore cafile userconfig
/** Where npm looks for its settings, beside those of a user, when Node.js is in /usr/local. */
const SETTINGS = '/usr/local/etc';

/**
 * What npm needs within a build to reach the registry that this machine uses: its address, who may read it, and the
 * authorities that this machine trusts. Lent for the build, so that none of it is in an image.
 *
 * @param folder for files that are its owner's alone; made here
 * @returns volumes, as `buildah build --volume` takes them
 */
export function registryVolumes(folder: string): string[] {
  const setting = (name: string) => {
    const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
    return value === 'null' || value === 'undefined' ? null : value;
  };
  const [registry, authority, user, cache] = ['registry', 'cafile', 'userconfig', 'cache'].map(setting);
  const contentOf = (path?: string | null) => (path && existsSync(path) ? readFileSync(path, 'utf8') : '');
  mkdirSync(folder, { mode: 0o700 });
  // Those of NODE_EXTRA_CA_CERTS are among the first.
  const certificates = [...getCACertificates('default'), contentOf(authority)].join('\n');
  writeFileSync(join(folder, 'certificates.pem'), certificates);
  const lines = [contentOf(user), `registry=${registry}`, `cafile=${SETTINGS}/certificates.pem`, ''];
  writeFileSync(join(folder, 'npmrc'), lines.join('\n'), { mode: 0o600 });
  return [
    `${folder}:${SETTINGS}:ro`,
    // What it has downloaded before.
    ...(cache && existsSync(cache) ? [`${cache}:/root/.npm`] : []),
  ];
}
