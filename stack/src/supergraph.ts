import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '@giggityflix/gateway';
import { ROOT, type StackConfig } from './environment.ts';
import { subgraphUrls } from './hub-environment.ts';

/**
 * Composes the subgraphs' schema files, so that the gateway can serve what is there when one of them is not.
 * Returns the path of the supergraph.
 */
export async function writeSupergraph(config: StackConfig): Promise<string> {
  const composition = await compose(
    Object.entries(subgraphUrls(config)).map(([name, url]) => {
      const origin = `subgraphs/${name}/schema.graphql`;
      return { name, url, sdl: readFileSync(join(ROOT, origin), 'utf8'), origin };
    }),
  );
  if (!composition.ok) throw new Error(`the subgraphs do not compose:\n${composition.problems.join('\n')}`);
  const directory = join(config.dataDir, 'run');
  const path = join(directory, 'supergraph.graphql');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, composition.sdl);
  return path;
}
