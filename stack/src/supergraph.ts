import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { StackConfig } from './environment.ts';
import { subgraphUrls, supergraphFile } from './hub-environment.ts';
import { ROOT } from './paths.ts';

const GATEWAY = join(ROOT, 'gateway');

/**
 * Composes the subgraphs' schema files into {@link supergraphFile}, so that the gateway can serve what is there
 * when one of them is not. Does nothing when the file was composed from the same schemas before.
 *
 * Composing happens in a process of its own: what the composer loads and leaves on the heap would otherwise stay in
 * the hub for as long as it runs.
 */
export async function writeSupergraph(config: StackConfig): Promise<void> {
  const path = supergraphFile(config);
  const digestPath = `${path}.sha256`;
  const subgraphs = Object.entries(subgraphUrls(config)).map(([name, url]) => ({
    address: `${name}=${url}`,
    schema: join(ROOT, 'subgraphs', name, 'schema.graphql'),
  }));
  const digest = digestOf(subgraphs);
  if (read(digestPath) === digest && read(path) !== null) return;
  mkdirSync(dirname(path), { recursive: true });
  await compose(['--out', path, ...subgraphs.map(({ address, schema }) => `${address}=${schema}`)]);
  writeFileSync(digestPath, digest);
}

async function compose(args: readonly string[]): Promise<void> {
  try {
    // In the root, from which the composer's messages name files.
    await promisify(execFile)(process.execPath, [join(GATEWAY, 'src/cli/compose.ts'), ...args], {
      cwd: ROOT,
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`the subgraphs do not compose:\n${stderr?.trim() || message}`);
  }
}

/** Of everything the supergraph depends on: the subgraphs, their schemas, and the version of the composer. */
function digestOf(subgraphs: readonly { address: string; schema: string }[]): string {
  const hash = createHash('sha256').update(readFileSync(join(GATEWAY, 'package.json')));
  for (const { address, schema } of subgraphs) hash.update(`\n${address}\n`).update(readFileSync(schema));
  return hash.digest('hex');
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
