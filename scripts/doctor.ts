/**
 * Says what stands in the way, and what to do about it.
 *
 *   npm run doctor -- household              what keeps a friend from watching
 *     --url https://films.example.org        where people watch; by default this machine's address
 *     --address 192.168.1.7                  this machine's address in the network
 *     --public-stun HOST:PORT                a STUN server outside; name two
 *     --time URL                             a server whose clock is right
 *   npm run doctor -- installation           what is wrong with an installation of many processes
 *     --env-file FILE                        the environment file of a service; repeat it for each
 *     --url https://films.example.org        the balancer, as people reach it
 *     --service NAME=URL                     a process; repeat it for each
 *     --edge HOST:PORT                       an edge as peers reach it; repeat it for each
 *     --json                                 for programs
 *
 * Exit codes: 0 nothing stands in the way (there may be warnings), 1 something does, 2 wrong usage.
 */
import { parseArgs } from 'node:util';
import { type CheckReport, exitCodeOf, runChecks, toText } from './doctor/checks.ts';
import { type HouseholdFlags, readHousehold } from './doctor/household/context.ts';
import { HOUSEHOLD } from './doctor/household/suite.ts';
import type { InstallationFlags } from './doctor/installation/context.ts';

type Flags = HouseholdFlags & InstallationFlags;

/** Each with what it looks at of its own. */
const SUITES: Readonly<Record<string, (flags: Flags) => Promise<CheckReport[]>>> = {
  household: (flags) => runChecks(HOUSEHOLD, readHousehold(process.env, flags)),
  // Loaded when asked for: it brings the clients of every store.
  async installation(flags) {
    const [{ readInstalled }, { INSTALLATION }] = await Promise.all([
      import('./doctor/installation/context.ts'),
      import('./doctor/installation/suite.ts'),
    ]);
    return runChecks(INSTALLATION, readInstalled(process.env, flags));
  },
};

function usage(text: string): never {
  process.stderr.write(
    `doctor: ${text}\nusage: npm run doctor -- ${Object.keys(SUITES).join('|')} [--json]\n`,
  );
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        url: { type: 'string' },
        address: { type: 'string', multiple: true },
        'public-stun': { type: 'string', multiple: true },
        time: { type: 'string' },
        'env-file': { type: 'string', multiple: true },
        service: { type: 'string', multiple: true },
        edge: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { values, positionals } = parse();
const [name = '', ...others] = positionals;
const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
if (!suite || others.length > 0)
  usage(name === '' ? 'say what to look at' : `it knows no ${positionals.join(' ')}`);
if (values.url !== undefined && !URL.canParse(values.url)) usage(`--url ${values.url} is no address`);
const { json, ...flags } = values;
const reports = await suite(flags).catch((error: Error) => usage(error.message));
process.stdout.write(
  json ? `${JSON.stringify({ suite: name, checks: reports }, null, 2)}\n` : toText(reports),
);
process.exitCode = exitCodeOf(reports);
