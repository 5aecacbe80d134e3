/**
 * Checks what is deployed with: the Dockerfile by hadolint, compose.yaml by the loader of Docker Compose, and the chart by
 * `helm lint` and `kubeconform -strict`, for its defaults and for each file of values beside them. `npm run check:deploy`;
 * the tools come with `npm run setup:system`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const TOOLS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'giggityflix/bin');
const CHART = 'deploy/helm/giggityflix';
/** That of the schemas in deploy/helm/schemas. */
const KUBERNETES = '1.36.0';
const SCHEMAS = 'deploy/helm/schemas/generated/{{.ResourceKind}}{{.KindSuffix}}.json';

const values = readdirSync(join(ROOT, CHART)).filter((file) => /^values-.*\.yaml$/.test(file));
let failures = 0;

check('deploy/Dockerfile', 'hadolint', ['--failure-threshold', 'info', 'deploy/Dockerfile']);
// Without values for its variables, which deploy.test.ts gives.
check('deploy/compose.yaml', 'compose-go', ['-no-interpolation', 'deploy/compose.yaml']);
for (const file of [null, ...values]) {
  const given = file === null ? [] : ['--values', join(CHART, file)];
  const name = `${CHART}, ${file ?? 'defaults'}`;
  check(name, 'helm', ['lint', '--quiet', '--strict', '--kube-version', KUBERNETES, CHART, ...given]);
  const rendered = check(name, 'helm', [
    ...['template', 'giggityflix', CHART, '--kube-version', KUBERNETES],
    ...given,
  ]);
  if (rendered === null) continue;
  check(name, 'kubeconform', ['-strict', '-summary', '-schema-location', SCHEMAS, '-'], rendered);
}
process.exitCode = failures === 0 ? 0 : 1;

/** What the program printed; null where it failed, which is reported. */
function check(what: string, program: string, args: readonly string[], input?: string): string | null {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}${delimiter}${TOOLS}` },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) {
    process.stdout.write(`ok      ${what} (${program})\n`);
    return stdout;
  }
  failures += 1;
  const reason = error ? `${error.message}; npm run setup:system installs it` : `${stdout}${stderr}`.trim();
  process.stdout.write(`failed  ${what} (${program})\n${reason}\n`);
  return null;
}
