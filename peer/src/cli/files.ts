import { join } from 'node:path';
import { FILE_STATES, type FileState } from '../library/types.ts';
import { ask } from './ask.ts';
import { CliError, EXIT } from './exit.ts';
import { explain, explanationLines, type TaggedFile } from './explain.ts';
import { bytes, oneLine } from './format.ts';

const PAGE = 1_000;

/** The files of the running daemon's index, page by page. */
export async function* filesOf(flags: {
  dataDir?: string;
  state?: FileState;
  /** Whether to ask for what the files' own tags say. */
  tags?: boolean;
}): AsyncGenerator<TaggedFile> {
  let after: TaggedFile | undefined;
  while (true) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (flags.tags) query.set('tags', 'true');
    if (flags.state) query.set('state', flags.state);
    if (after) {
      query.set('dir', after.dir);
      query.set('name', after.name);
    }
    const page = await ask<TaggedFile[]>(flags, 'GET', `/files?${query}`);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1);
  }
}

/** `files`: what is in the index, why a file is not shared, and what its name was taken for. */
export async function printFiles(flags: {
  dataDir?: string;
  state?: string;
  json?: boolean;
  explain?: boolean;
}): Promise<void> {
  const state = FILE_STATES.find((name) => name === flags.state);
  if (flags.state && !state)
    throw new CliError(
      `there is no state "${flags.state}": use one of ${FILE_STATES.join(', ')}`,
      EXIT.usage,
    );
  for await (const file of filesOf({ dataDir: flags.dataDir, state, tags: flags.explain })) {
    const path = join(file.dir, file.name);
    const explanation = flags.explain ? await explain(file) : undefined;
    if (flags.json) {
      const { state, reason, catalogId, sizeBytes } = file;
      process.stdout.write(`${JSON.stringify({ path, state, reason, catalogId, sizeBytes, explanation })}\n`);
    } else {
      const note = file.reason ? `  (${oneLine(file.reason)})` : '';
      process.stdout.write(
        `${file.state.padEnd(11)} ${bytes(file.sizeBytes).padStart(9)}  ${oneLine(path)}${note}\n`,
      );
      if (explanation) process.stdout.write(explanationLines(explanation));
    }
  }
}
