// cspell:ignore ALTNAME timedatectl
import { type ConnectionOptions, connect, type PeerCertificate } from 'node:tls';
import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import type { Household } from './context.ts';
import { fetchJson } from './json.ts';

const TIMEOUT_MS = 5_000;
const SILENCE = 'no answer';
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
  if (seen instanceof Error) return [unreached(url, seen)];
  return findingsOf(seen, url);
}

/** Why nothing is seen at an address: the name, the way to it, or what answers there. */
function unreached({ hostname, host, port }: URL, error: NodeJS.ErrnoException): Finding {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return problem(
      `${hostname} leads nowhere (${error.code})`,
      'Have the name lead to your router: where you have the domain, or in the router’s dynamic DNS.',
    );
  if (error.code === 'ECONNREFUSED' || error.code === 'ETIMEDOUT' || error.message === SILENCE)
    return problem(
      `${hostname} does not answer at port ${port || 443} (${error.code ?? error.message})`,
      'Let it through the firewall, and forward it in the router. Some routers let nobody at home out and in again: try from outside, too.',
    );
  return problem(
    `${host} does not speak TLS: ${error.message}`,
    'Start the platform with --https, --domain, or --tls-cert and --tls-key.',
  );
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
      reject(new Error(SILENCE));
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
    const { signIn } = body as { signIn?: { issuer?: unknown } };
    if (!signIn)
      return [
        problem(
          'nobody can sign in: every visitor of this address is let in as the owner, or nobody is',
          'Share the platform with "npm start -- --lan", which has people sign in.',
        ),
      ];
    return [await providerFinding(String(signIn.issuer ?? ''))];
  },
};

/** Whether those who want to sign in get to where the page leads them. */
async function providerFinding(issuer: string): Promise<Finding> {
  const url = URL.parse(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const answer = url && ((await fetchJson(url)) as { issuer?: unknown } | null);
  return answer?.issuer === issuer
    ? ok(`people sign in at ${issuer}`)
    : problem(
        `the page leads to ${issuer || 'nowhere'} to sign in, where no OpenID provider answers`,
        'Forward its port in the router under its own number, let it through the firewall, or name another address in STACK_IDENTITY_URL.',
      );
}

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
