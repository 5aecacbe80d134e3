import { Command } from 'commander';
import { VERSION } from '../status.ts';
import { CliError, EXIT } from './exit.ts';
import { printId } from './id.ts';
import { requestScan } from './scan.ts';
import { startDaemon } from './start.ts';
import { printStatus } from './status.ts';

const HELP = `
Examples:
  $ giggityflix-peer start --media-dir ~/Videos      share a folder
  $ giggityflix-peer id film.mp4                     the film's catalog id
  $ giggityflix-peer status --json                   what the daemon is doing

Every option has a variable: MEDIA_DIRS, EDGE_GRPC_ADDRESS, PEER_ID, DATA_DIR and more.
"giggityflix-peer config" prints them all with their values.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon runs, 4 a daemon runs already.
`;

/** Runs the command line; resolves to the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('giggityflix-peer')
    .description(
      'Shares the films on this machine: scans folders, announces them, and streams them to viewers.',
    )
    .version(VERSION)
    .addHelpText('after', HELP)
    .exitOverride();

  const collect = (value: string, previous: string[] = []) => [...previous, value];
  program
    .command('start')
    .description('run the daemon until it is stopped')
    .option('--media-dir <path>', 'directory to share; may be repeated (MEDIA_DIRS)', collect)
    .option('--edge-address <host:port>', 'address of the Edge Service (EDGE_GRPC_ADDRESS)')
    .option('--peer-id <id>', 'identifier of this peer (PEER_ID)')
    .option('--data-dir <path>', 'directory of the key and the index (DATA_DIR)')
    .option('--http-port <port>', 'port of the status page (HTTP_PORT)')
    .action(startDaemon);
  program
    .command('scan')
    .description('scan the media directories now')
    .option('--data-dir <path>', 'directory of the key and the index (DATA_DIR)')
    .option('--wait', 'wait until everything found has been read')
    .option('--json', 'print JSON')
    .action(requestScan);
  program
    .command('status')
    .description('show what the daemon is doing')
    .option('--data-dir <path>', 'directory of the key and the index (DATA_DIR)')
    .option('--json', 'print JSON')
    .action(printStatus);
  program
    .command('id')
    .description("print files' catalog ids: their BitTorrent v2 pieces roots (BEP 52)")
    .argument('<file...>', 'files to read')
    .option('--json', 'print JSON, with all hashes')
    .action(printId);

  try {
    await program.parseAsync(argv as string[]);
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    return explainFailure(error);
  }
}

function explainFailure(error: unknown): number {
  const failure = error as { code?: string; exitCode?: number; message: string };
  // Commander has printed its own words, or the help that was asked for.
  if (failure.code?.startsWith('commander.')) return failure.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`giggityflix-peer: ${failure.message}\n`);
  return error instanceof CliError ? error.exitCode : EXIT.failed;
}
