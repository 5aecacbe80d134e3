// cspell:ignore selfsign notext startdate enddate
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DAY_MS = 86_400_000;
const AUTHORITY = `[ca]
default_ca = self
[self]
new_certs_dir = .
database = index
serial = serial
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
`;

/** A certificate for a name that ends in so many days, signed by itself. */
export function certify({ name, days }: { name: string; days: number }): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'giggityflix-doctor-'));
  try {
    const openssl = (...parameters: string[]) =>
      execFileSync('openssl', parameters, { stdio: 'ignore', cwd: folder });
    for (const [file, content] of Object.entries({ 'ca.cnf': AUTHORITY, index: '', serial: '01\n' }))
      writeFileSync(join(folder, file), content);
    openssl(
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
      ...['-keyout', 'key.pem', '-out', 'request.pem'],
    );
    // Of openssl's commands this one alone makes certificates that ended in the past.
    openssl(
      ...['ca', '-config', 'ca.cnf', '-selfsign', '-batch', '-notext', '-keyfile', 'key.pem'],
      ...['-in', 'request.pem', '-out', 'cert.pem', '-startdate', at(-30), '-enddate', at(days)],
    );
    return { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As openssl writes times. */
function at(days: number): string {
  return `${new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
