/**
 * Preloaded into each process of a stack (`--import`): writes the address of every module the process loads, its
 * threads included, to a file named after the program, below MODULES_RECORD.
 */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.MODULES_RECORD;
const program = process.argv[1];
if (folder && program) {
  const root = join(import.meta.dirname, '../..');
  const file = join(folder, relative(root, program).replaceAll('/', '_'));
  registerHooks({
    load(url, context, nextLoad) {
      appendFileSync(isMainThread ? file : `${file}.threads`, `${url}\n`);
      return nextLoad(url, context);
    },
  });
}
