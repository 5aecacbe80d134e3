import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, EnvironmentError } from '@giggityflix/kernel';
import { Command } from 'commander';
import type { Letter } from '../letters/letter.ts';
import { createLetters, LetterError, type Letters } from '../letters/letters.ts';
import { openRawRecords } from '../open-records.ts';
import type { CommandEnvironment } from './environment.ts';
import { describeLetter, listLetters } from './print.ts';

const HELP = `
Examples:
  $ npm run dead-letters -- list                       what waits for a decision, and why
  $ npm run dead-letters -- show peer.media.described.deadletter/3/17
  $ npm run dead-letters -- replay --topic peer.media.described   all of a topic, in order
  $ npm run dead-letters -- edit ID                    in $EDITOR, then replays it
  $ npm run dead-letters -- drop ID ID

The bus is that of the variables of the services: BUS, KAFKA_BOOTSTRAP_SERVERS, the names of topics, …
Exit codes: 0 done, 1 the bus is unavailable, 2 wrong usage, or a letter that cannot be replayed.
`;

/** Runs the command line on the bus that `read` names; resolves to the exit code. */
export async function runDeadLetters(
  argv: readonly string[],
  read: () => CommandEnvironment,
  print: (text: string) => void = console.log,
): Promise<number> {
  const using = async (work: (letters: Letters) => Promise<void>) => {
    const { bus, topics } = read();
    const logger = createLogger({ service: 'dead-letters', level: 'silent' });
    const records = await openRawRecords(bus, logger);
    try {
      await work(createLetters(records, { topics }));
    } finally {
      await records.close();
    }
  };
  const chosen = async (
    letters: Letters,
    ids: string[],
    { topic }: { topic?: string },
  ): Promise<Letter[]> => {
    if ((ids.length === 0) === (topic === undefined)) throw new LetterError('name letters, or a --topic');
    return topic === undefined ? letters.find(ids) : letters.list({ topic });
  };
  const program = new Command('dead-letters')
    .description('Records that could not be processed: what they are, why, and what becomes of them.')
    .addHelpText('after', HELP)
    .exitOverride();
  program
    .command('list')
    .description('list letters that nothing was decided on')
    .option('--topic <name>', 'only those for this topic')
    .option('--all', 'also those replayed or dropped')
    .option('--json', 'one JSON object a line, for scripts')
    .action((options) => using(async (letters) => print(listLetters(await letters.list(options), options))));
  program
    .command('show <id>')
    .description('print a letter with its reason, headers and value')
    .action((id: string) =>
      using(async (letters) => {
        for (const letter of await letters.find([id])) print(describeLetter(letter));
      }),
    );
  const outOfOrder = ['--out-of-order', 'even where an earlier letter of the same key waits'] as const;
  const ofTopic = ['--topic <name>', 'all for this topic that nothing was decided on, in order'] as const;
  program
    .command('replay [ids...]')
    .description('publish letters again to the topics they are for, each key in its order')
    .option(...ofTopic)
    .option(...outOfOrder)
    .action((ids: string[], options) =>
      using(async (letters) => {
        const found = await chosen(letters, ids, options);
        await letters.replay(found, options);
        print(`replayed ${found.length}`);
      }),
    );
  program
    .command('edit <id>')
    .description('change the value of a letter, then replay it')
    .option('--value <file>', 'a file with the new value, instead of $EDITOR')
    .option(...outOfOrder)
    .action((id: string, options: { value?: string; outOfOrder?: boolean }) =>
      using(async (letters) => {
        const [letter] = (await letters.find([id])) as [Letter];
        const value = options.value ? readFileSync(options.value) : edited(letter, read().editor);
        await letters.replay([letter], { ...options, value });
        print('replayed 1');
      }),
    );
  program
    .command('drop [ids...]')
    .description('decide that letters are not needed')
    .option(...ofTopic)
    .action((ids: string[], options) =>
      using(async (letters) => {
        const found = await chosen(letters, ids, options);
        await letters.drop(found);
        print(`dropped ${found.length}`);
      }),
    );
  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    return 0;
  } catch (error) {
    const { code, exitCode, message } = error as Error & { code?: unknown; exitCode?: number };
    // Errors of Kafka have numbers.
    if (typeof code === 'string' && code.startsWith('commander.')) return exitCode === 0 ? 0 : 2;
    print(`error: ${message}`);
    return error instanceof LetterError || error instanceof EnvironmentError ? 2 : 1;
  }
}

/** What an editor makes of a letter's value, which it gets as JSON on lines of its own. */
function edited({ value }: Letter, editor: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'dead-letter-'));
  const file = join(directory, 'value.json');
  try {
    writeFileSync(file, pretty(value), { mode: 0o600 });
    const { status, error } = spawnSync(`${editor} ${file}`, { shell: true, stdio: 'inherit' });
    if (error || status !== 0) throw new LetterError('the editor failed; nothing was published');
    const text = readFileSync(file, 'utf8');
    try {
      return Buffer.from(JSON.stringify(JSON.parse(text)));
    } catch (problem) {
      throw new LetterError(`not JSON: ${(problem as Error).message}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function pretty(value: Buffer | null): string {
  const text = value?.toString('utf8') ?? '';
  try {
    return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  } catch {
    return text;
  }
}
