import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '@giggityflix/testing';

/** Packages and workspaces whose files the program and its threads loaded, as `record.ts` wrote them to a folder. */
export function packagesOf(folder: string, program: string): Set<string> {
  const name = program.replaceAll('/', '_');
  const root = pathToFileURL(`${ROOT}/`).href;
  const urls = readdirSync(folder)
    .filter((file) => file === name || file === `${name}.threads`)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  return new Set(
    urls
      .filter((url) => url.startsWith(root))
      .map((url) => {
        const path = url.slice(root.length);
        const installed = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
        return installed ?? (/^(?:(?:platform|subgraphs)\/)?[^/]+/.exec(path)?.[0] as string);
      }),
  );
}

/** Whether a name is that of a pattern, which may end with an asterisk. */
export function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
