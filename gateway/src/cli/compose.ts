/**
 * Writes the supergraph the gateway serves in production:
 * `node src/cli/compose.ts --out FILE name=URL=SCHEMA_FILE …`
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compose, type SubgraphSource } from '../graph/compose.ts';

const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
if (!values.out || positionals.length === 0) fail(['usage: compose --out FILE name=URL=SCHEMA_FILE …']);
const composition = await compose(positionals.map(readSource));
if (!composition.ok) fail(composition.problems);
const target = resolve(values.out);
// Gateways watch the file: they must never see half of it.
writeFileSync(`${target}.new`, composition.sdl);
renameSync(`${target}.new`, target);
process.stdout.write(`composed ${positionals.length} subgraphs into ${relative(process.cwd(), target)}\n`);

function readSource(argument: string): SubgraphSource {
  const [, name, url, path] = /^([A-Za-z][\w-]*)=(https?:\/\/[^\s=]+)=(.+)$/.exec(argument) ?? [];
  if (!name || !url || !path) fail([`expected name=URL=SCHEMA_FILE, not ${JSON.stringify(argument)}`]);
  try {
    return { name, url, sdl: readFileSync(path, 'utf8'), origin: relative(process.cwd(), resolve(path)) };
  } catch (error) {
    fail([`${path}: ${(error as Error).message}`]);
  }
}

function fail(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
