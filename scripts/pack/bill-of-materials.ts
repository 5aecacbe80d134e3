import type { Lock } from './dependencies.ts';

/** What the packages of a locked tree are, in CycloneDX 1.6; the same tree has the same text. */
export function billOfMaterials(product: { name: string; version: string }, tree: Lock['packages']): object {
  const components = new Map<string, object>();
  for (const [place, entry] of Object.entries(tree)) {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `pkg:npm/${name.replace('@', '%40')}@${entry.version}`;
    components.set(purl, {
      type: 'library',
      'bom-ref': purl,
      name,
      version: entry.version,
      purl,
      ...(entry.license ? { licenses: [{ license: { name: entry.license } }] } : {}),
      ...(entry.integrity ? { hashes: [hashOf(entry.integrity)] } : {}),
    });
  }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': product.name, ...product } },
    components: [...components].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component),
  };
}

/** `sha512-…` of npm, as CycloneDX writes it. */
function hashOf(integrity: string): { alg: string; content: string } {
  const [algorithm = '', digest = ''] = integrity.split('-', 2);
  return {
    alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(digest, 'base64').toString('hex'),
  };
}
