import { parseArgs } from 'node:util';
import { readOrExit } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';
import { ensureIssuer, issueToken } from './issuer.ts';

const USAGE = `Prints a bearer token of the development issuer of "npm start", to be someone else than the demo user.

  npm run token -- [--user alice] [--role viewer | --role operator] [--hours 12]`;

const ROLES = new Set(['viewer', 'operator']);

function readArguments(): { userId: string; roles: string[]; hours: number } {
  const { values } = parseArgs({
    options: {
      user: { type: 'string', default: 'alice' },
      role: { type: 'string', multiple: true, default: ['viewer'] },
      hours: { type: 'string', default: '12' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  if (values.user === '') throw new Error('--user is empty');
  const unknown = values.role.find((role) => !ROLES.has(role));
  if (unknown !== undefined) throw new Error(`--role is viewer or operator, not ${JSON.stringify(unknown)}`);
  const hours = Number(values.hours);
  if (!(hours > 0 && Number.isFinite(hours))) throw new Error('--hours is a number above 0');
  return { userId: values.user, roles: values.role, hours };
}

function parsed(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    process.exit(1);
  }
}

const wanted = parsed();
const key = ensureIssuer(readOrExit(readEnvironment).dataDir);
process.stdout.write(`${await issueToken(key, wanted)}\n`);
