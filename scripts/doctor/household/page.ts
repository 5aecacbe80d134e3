// cspell:ignore ALTNAME timedatectl
import { type ConnectionOptions, connect, type PeerCertificate } from 'node:tls';
import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import type { Household } from './context.ts';

const TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
const EXPIRES_SOON_MS = 14 * DAY_MS;
const CLOCK_MAY_DIFFER_MS = 30_000;

export const certificate: Check<Household> = {
  name: 'certificate',
  async run({ url }) {
    if (url.protocol !== 'https:')
      return [
        warning(
          `${url.origin} is plain HTTP: passkeys and installing the page need HTTPS`,
          'In a home that may do; for friends outside start with --domain, or --tls-cert and --tls-key.',
        ),
      ];
    return certificateFindings(url);
  },
};

/** What is wrong with the certificate that is served at an address. */
export async function certificateFindings(url: URL): Promise<Finding[]> {
  const seen = await certificateOf(url).catch((error: Error) => error);
  if (seen instanceof Error)
    return [
      problem(
        `${url.host} does not speak TLS: ${seen.message}`,
        'Start the platform with --https, --domain, or --tls-cert and --tls-key.',
      ),
    ];
  return findingsOf(seen, url);
}

interface SeenCertificate {
  certificate: PeerCertificate;
  /** Why a browser would not trust it; null where it does. */
  failure: string | null;
}

function certificateOf(url: URL): Promise<SeenCertificate> {
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      host: url.hostname,
      port: Number(url.port || 443),
      servername: /^[\d.]+$/.test(url.hostname) ? '' : url.hostname,
      // It is looked at, and nothing is sent.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    };
    const socket = connect(options, () => {
      const failure = socket.authorizationError ? String(socket.authorizationError) : null;
      resolve({ certificate: socket.getPeerCertificate(), failure });
      socket.end();
    });
    socket.once('error', reject);
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error('no answer'));
    });
  });
}

function findingsOf({ certificate, failure }: SeenCertificate, { hostname }: URL): Finding[] {
  const leftMs = Date.parse(certificate.valid_to) - Date.now();
  if (leftMs < 0)
    return [
      problem(
        `the certificate expired on ${certificate.valid_to}`,
        'Renew it; with --domain that happens by itself while port 80 or 443 is reached from outside.',
      ),
    ];
  if (failure?.includes('ALTNAME') || !names(certificate).some((name) => matches(name, hostname)))
    return [
      problem(
        `the certificate is for ${names(certificate).join(', ') || 'no name'}, and not for ${hostname}`,
        'Get one for the name people use, or have them use a name it is for.',
      ),
    ];
  const soon =
    leftMs < EXPIRES_SOON_MS
      ? [
          warning(
            `the certificate expires in ${Math.ceil(leftMs / DAY_MS)} days`,
            'Renew it now, or find out why it was not renewed by itself.',
          ),
        ]
      : [];
  if (failure !== null)
    return [
      ...soon,
      warning(
        `browsers do not know who signed the certificate (${failure})`,
        'With an authority of your own, install its certificate on each device; for friends use --domain.',
      ),
    ];
  return soon.length > 0 ? soon : [ok(`good for ${hostname} until ${certificate.valid_to}`)];
}

function names({ subjectaltname = '' }: PeerCertificate): string[] {
  return subjectaltname
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== '');
}

function matches(name: string, host: string): boolean {
  const [wanted, given] = [name.toLowerCase(), host.toLowerCase()];
  return (
    wanted === given || (wanted.startsWith('*.') && given.split('.').slice(1).join('.') === wanted.slice(2))
  );
}

export const signIn: Check<Household> = {
  name: 'sign-in',
  async run({ url }) {
    const body = await fetchJson(new URL('/sign-in.json', url));
    if (body === null)
      return [
        problem(
          `the page at ${url.origin} does not answer`,
          'Start the platform, or give its address with --url.',
        ),
      ];
    return (body as { signIn?: unknown }).signIn
      ? [ok('people sign in')]
      : [
          problem(
            'nobody can sign in: every visitor of this address is let in as the owner, or nobody is',
            'Share the platform with "npm start -- --lan", which has people sign in.',
          ),
        ];
  },
};

export const clock: Check<Household> = {
  name: 'clock',
  async run({ timeUrl }) {
    const before = Date.now();
    const answer = await fetch(timeUrl, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      () => null,
    );
    const date = Date.parse(answer?.headers.get('date') ?? '');
    if (Number.isNaN(date))
      return [
        warning(
          'the time could not be compared: no answer from outside',
          'Check that this machine sets its clock by itself (NTP); name another server with --time URL.',
        ),
      ];
    const differenceMs = (before + Date.now()) / 2 - date;
    return Math.abs(differenceMs) > CLOCK_MAY_DIFFER_MS
      ? [
          problem(
            `this machine's clock is ${Math.round(Math.abs(differenceMs) / 1_000)} s ${differenceMs > 0 ? 'ahead' : 'behind'}: sign-ins and playback are refused`,
            'Have it set by itself: "timedatectl set-ntp true" on Linux, Date & Time in the settings elsewhere.',
          ),
        ]
      : [ok('as elsewhere')];
  },
};

async function fetchJson(url: URL): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
