import { parseArgs } from 'node:util';
import { readEnvironment } from './environment.ts';
import { ensureIssuer, issueToken } from './issuer.ts';

/** `npm run token -- --user alice --role viewer`: a bearer token of the all-in-one's development issuer. */
const { values } = parseArgs({
  options: {
    user: { type: 'string', default: 'alice' },
    role: { type: 'string', multiple: true, default: ['viewer'] },
    hours: { type: 'string', default: '12' },
  },
});
const key = await ensureIssuer(readEnvironment(process.env).dataDir);
process.stdout.write(
  `${await issueToken(key, { userId: values.user, roles: values.role, hours: Number(values.hours) })}\n`,
);
