import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { CliError, EXIT } from './exit.ts';

const HELP = `
Examples:
  $ giggityflix-peer start --media-dir ~/Videos      share a folder
  $ giggityflix-peer join LINK                       join a network by an invitation
  $ giggityflix-peer service install                 run whenever you are signed in
  $ giggityflix-peer id film.mp4                     the film's catalog id
  $ giggityflix-peer status                          what the daemon is doing
  $ giggityflix-peer files --state rejected          what is not shared, and why
  $ giggityflix-peer files --explain                 what names were taken for, and why
  $ giggityflix-peer config                          every setting and its value

Every setting is a variable (MEDIA_DIRS, EDGE_GRPC_ADDRESS, DATA_DIR, …); options come before variables.
The daemon keeps its key, its index and its screenshots in DATA_DIR (~/.giggityflix). One daemon runs on it at a time;
scan, status and files talk to that one.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 no daemon runs, 4 a daemon runs already.
`;

const START_HELP = `
The daemon scans the folders, notices changes as they happen, announces what it finds to the Edge Service, and streams
it to viewers. Without an edge it goes on scanning, and announces what it found when the edge is back. Stop it with Ctrl-C.
`;

const JOIN_HELP = `
An invitation admits one peer, once. At home giggityflix.local stands for one: the platform is found by mDNS, and an operator
approves the peer. Its link also says where the network is, and whom to trust there. It is kept in the data directory until an edge has taken it; from then on the peer's
key is all it needs. A daemon that runs uses it at once. Where an operator approves peers, sharing begins by itself after that.
`;

const DESCRIBE_HELP = `
Titles, chapters and pictures are sent to the catalog when they are new, and descriptions again once a day
(DESCRIBE_AGAIN_HOURS). This sends all of them now.
`;

const ID_HELP = `
The catalog id is the file's BitTorrent v2 pieces root (BEP 52): the same bytes have the same id everywhere, and any
BitTorrent v2 tool computes it too.
`;

const DATA_DIR = ['--data-dir <path>', 'directory of the key and the index (DATA_DIR)'] as const;
const JSON_FLAG = ['--json', 'print JSON, for scripts'] as const;

/** Runs the command line; resolves to the exit code. Commands are loaded when used, so that `id` starts quickly. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('giggityflix-peer')
    .description(
      'Shares the films on this machine: scans folders, announces them, and streams them to viewers.',
    )
    .version(VERSION)
    .addHelpText('after', HELP)
    .exitOverride();
  addDaemonCommands(program);
  addFileCommands(program);
  try {
    await program.parseAsync(argv as string[]);
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    return explainFailure(error);
  }
}

function addDaemonCommands(program: Command): void {
  const collect = (value: string, previous: string[] = []) => [...previous, value];
  program
    .command('start')
    .description('run the daemon until it is stopped')
    .option('--media-dir <path>', 'directory to share; may be repeated (MEDIA_DIRS)', collect)
    .option('--edge-address <host:port>', 'address of the Edge Service (EDGE_GRPC_ADDRESS)')
    .option('--peer-id <id>', 'identifier of this peer (PEER_ID)')
    .option(...DATA_DIR)
    .option('--http-port <port>', 'port of the status page (HTTP_PORT)')
    .addHelpText('after', START_HELP)
    .action(async (flags) => (await import('./start.ts')).startDaemon(flags));
  program
    .command('join')
    .description('join a network by an invitation')
    .argument('<code-or-link>', 'the invitation, as its sender gave it; at home giggityflix.local')
    .option(...DATA_DIR)
    .addHelpText('after', JOIN_HELP)
    .action(async (invitation, flags) => (await import('./join.ts')).joinNetwork(invitation, flags));
  program
    .command('service')
    .description('have the system run the daemon: a unit of systemd, an agent of launchd, a task of Windows')
    .argument('<action>', 'install, print or remove')
    .option(...DATA_DIR)
    .action(async (action, flags) => (await import('./service.ts')).manageService(action, flags));
  program
    .command('scan')
    .description('have the daemon look at its folders now')
    .option('--wait', 'wait until everything found has been read')
    .option(...DATA_DIR)
    .option(...JSON_FLAG)
    .action(async (flags) => (await import('./scan.ts')).requestScan(flags));
  program
    .command('status')
    .description('show what the daemon is doing')
    .option(...DATA_DIR)
    .option(...JSON_FLAG)
    .action(async (flags) => (await import('./status.ts')).printStatus(flags));
  program
    .command('describe')
    .description('have the daemon describe all it shares again, to a catalog that lost it')
    .option(...DATA_DIR)
    .option(...JSON_FLAG)
    .addHelpText('after', DESCRIBE_HELP)
    .action(async (flags) => (await import('./describe.ts')).requestDescriptions(flags));
  program
    .command('files')
    .description('list the files of the index, shared or not, and why not')
    .option(
      '--state <state>',
      'only those in a state: shared, pending, settling, rejected, unreadable, unavailable',
    )
    .option('--explain', 'say for each what its name was taken for, and why')
    .option(...DATA_DIR)
    .option('--json', 'print a JSON object a line')
    .action(async (flags) => (await import('./files.ts')).printFiles(flags));
}

function addFileCommands(program: Command): void {
  program
    .command('id')
    .description("print files' catalog ids")
    .argument('<file...>', 'files to read')
    .option('--json', 'print a JSON object a line, with all hashes')
    .addHelpText('after', ID_HELP)
    .action(async (paths, flags) => (await import('./id.ts')).printId(paths, flags));
  program
    .command('verify')
    .description('read shared files again and compare them with the index')
    .argument('[file...]', 'files to read; default: all that are shared')
    .option(...DATA_DIR)
    .option('--json', 'print a JSON object a line')
    .action(async (paths, flags) => (await import('./verify.ts')).verifyFiles(paths, flags));
  program
    .command('config')
    .description('show every setting, its value and where it comes from')
    .option(...JSON_FLAG)
    .action(async (flags) => (await import('./show-config.ts')).showConfig(flags));
}

function explainFailure(error: unknown): number {
  const failure = error as { code?: string; exitCode?: number; message: string };
  // Commander has printed its own words, or the help that was asked for.
  if (failure.code?.startsWith('commander.')) return failure.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`giggityflix-peer: ${failure.message}\n`);
  return error instanceof CliError ? error.exitCode : EXIT.failed;
}
