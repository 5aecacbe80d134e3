import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compose } from '@giggityflix/gateway';
import { ROOT, type StackConfig } from './environment.ts';
import { subgraphUrls, supergraphFile } from './hub-environment.ts';

/**
 * Composes the subgraphs' schema files into {@link supergraphFile}, so that the gateway can serve what is there
 * when one of them is not.
 */
export async function writeSupergraph(config: StackConfig): Promise<void> {
  const composition = await compose(
    Object.entries(subgraphUrls(config)).map(([name, url]) => {
      const origin = `subgraphs/${name}/schema.graphql`;
      return { name, url, sdl: readFileSync(join(ROOT, origin), 'utf8'), origin };
    }),
  );
  if (!composition.ok) throw new Error(`the subgraphs do not compose:\n${composition.problems.join('\n')}`);
  const path = supergraphFile(config);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, composition.sdl);
}
