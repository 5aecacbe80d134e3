import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import type { Installation } from './context.ts';

const TIMEOUT_MS = 10_000;
/** The `Date` header has whole seconds. */
const CLOCK_UNCERTAIN_MS = 2_000;
const CLOCK_REFUSES_MS = 30_000;

const ask = (url: string) => fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });

/** One finding, or more, for each process; where none is named that is the finding. */
const ofEach = async (
  { services, url }: Installation,
  look: (name: string, origin: string) => Promise<Finding[]>,
): Promise<Finding[]> => {
  const all = new Map(url ? [['balancer', url.origin], ...services] : services);
  if (all.size === 0)
    return [
      warning(
        'no process is named',
        'Name the gateway’s environment file with --env-file (SUBGRAPHS), processes with --service NAME=URL, the balancer with --url.',
      ),
    ];
  return (await Promise.all([...all].map(([name, origin]) => look(name, origin)))).flat();
};

export const processes: Check<Installation> = {
  name: 'processes',
  run: (installation) =>
    ofEach(installation, async (name, origin) => {
      const answer = await ask(`${origin}/ready`).catch(() => null);
      if (!answer)
        return [
          problem(
            `${name} does not answer at ${origin}`,
            'Start it, or correct its address; its log says why it ended.',
          ),
        ];
      const { reason, unavailable = [] } = (await answer.json().catch(() => ({}))) as {
        reason?: string;
        unavailable?: string[];
      };
      if (!answer.ok)
        return [
          problem(
            `${name} is not ready: ${reason ?? `status ${answer.status}`}`,
            'Restore what it names; it continues by itself.',
          ),
        ];
      return unavailable.length > 0
        ? [
            problem(
              `${name} serves without ${unavailable.join(', ')}`,
              'Start those, or see why the gateway is refused by them.',
            ),
          ]
        : [ok(`${name} is ready`)];
    }),
};

export const clocks: Check<Installation> = {
  name: 'clocks',
  run: (installation) =>
    ofEach(installation, async (name, origin) => {
      const before = Date.now();
      const answer = await ask(`${origin}/health`).catch(() => null);
      const date = Date.parse(answer?.headers.get('date') ?? '');
      return Number.isNaN(date) ? [] : [clockFinding(name, date + 500 - (before + Date.now()) / 2)];
    }),
};

/** What a clock that is `aheadMs` ahead of ours means. */
export function clockFinding(name: string, aheadMs: number): Finding {
  const apart = Math.abs(aheadMs);
  const what = `the clock of ${name} is ${(apart / 1_000).toFixed(1)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`;
  const remedy = 'Have both set by NTP ("timedatectl set-ntp true"), and compare again.';
  if (apart > CLOCK_REFUSES_MS) return problem(`${what}: tokens are refused`, remedy);
  return apart > CLOCK_UNCERTAIN_MS ? warning(what, remedy) : ok(`${name} is as this machine`);
}

export const versions: Check<Installation> = {
  name: 'versions',
  async run(installation) {
    const versions = new Map<string, string[]>();
    const unread = await ofEach(installation, async (name, origin) => {
      const answer = await ask(`${origin}/metrics`).catch(() => null);
      if (!answer?.ok)
        return answer?.status === 403
          ? [
              warning(
                `${name} shows its metrics to others`,
                'Add this machine to its METRICS_ALLOWED to have its version compared.',
              ),
            ]
          : [];
      const version = /^giggityflix_build_info\{[^}]*version="([^"]*)"/m.exec(await answer.text())?.[1];
      if (version === undefined)
        return [warning(`${name} does not say its version: it is an older release`, 'Update it.')];
      versions.set(version, [...(versions.get(version) ?? []), name]);
      return [];
    });
    if (versions.size <= 1)
      return [...unread, ...[...versions.keys()].map((version) => ok(`all run ${version}`))];
    const named = [...versions].map(([version, names]) => `${version} (${names.join(', ')})`);
    return [
      ...unread,
      problem(
        `several versions run: ${named.join('; ')}`,
        'Finish the update; two versions run together only while it lasts.',
      ),
    ];
  },
};
