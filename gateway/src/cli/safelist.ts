/**
 * Writes the list of operations a gateway with GATEWAY_SAFELIST serves, from clients' documents:
 * `node src/cli/safelist.ts --out FILE document.graphql …`
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse, print, Source, separateOperations } from 'graphql';

const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
if (!values.out || positionals.length === 0) fail('usage: safelist --out FILE document.graphql …');

const manifest: Record<string, string> = {};
for (const path of positionals)
  try {
    const operations = separateOperations(parse(new Source(readFileSync(path, 'utf8'), path)));
    for (const operation of Object.values(operations)) {
      const document = print(operation);
      manifest[createHash('sha256').update(document).digest('hex')] = document;
    }
  } catch (error) {
    fail(`${path}: ${(error as Error).message}`);
  }
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(values.out, `${JSON.stringify(sorted, null, 2)}\n`);
process.stdout.write(`${Object.keys(sorted).length} operations are on the list in ${values.out}\n`);

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
