import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBusMetrics } from '@giggityflix/bus';
import type { RawEnvironment } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { ROOT, requireHelm, requireKubeconform } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { createEdgeMetrics } from '../../edge/src/metrics.ts';
import { createGatewayMetrics } from '../../gateway/src/metrics.ts';
import { createMatchmakerMetrics } from '../../matchmaker/src/metrics.ts';
import { TARGETS } from '../../scripts/image/targets.ts';

const helm = requireHelm();
const kubeconform = requireKubeconform();
const CHART = join(ROOT, 'deploy/helm/giggityflix');
const KUBERNETES = ['--kube-version', '1.36.0'];
const VALUES: [name: string, args: string[]][] = [
  ['the defaults', []],
  ['values-production.yaml', ['--values', join(CHART, 'values-production.yaml')]],
];

/** What an edge's process may take after its drain: STOP_MARGIN_MS of edge/src/main.ts. */
const EDGE_STOP_SECONDS = 8;
const STOP_SECONDS = 10;
/** Read by Node.js, by the client of PostgreSQL and by the image's own probe, and not by a schema of ours. */
const OTHERS = ['HEALTH_PORT', 'PGSSLMODE', 'NODE_EXTRA_CA_CERTS'];

const SECRETS: Record<string, string> = {
  'service-tokens': 'a-long-random-text,another-long-random-text\n',
  'service-token': 'a-long-random-text\n',
  'network-name-secret': `${'n'.repeat(64)}\n`,
  'catalog-database-url': 'postgresql://giggityflix:letters1digits@postgres/catalog\n',
  'viewing-database-url': 'postgresql://giggityflix:letters1digits@postgres/viewing\n',
  'identity-database-url': 'postgresql://giggityflix:letters1digits@postgres/identity\n',
  'kafka-password': 'letters1digits\n',
  'redis-password': 'letters1digits\n',
  'turn-secret': `${'t'.repeat(64)}\n`,
  'enrolment-tokens': 'a-long-random-text\n',
};
const folder = mkdtempSync(join(tmpdir(), 'giggityflix-chart-'));
for (const [name, content] of Object.entries(SECRETS)) writeFileSync(join(folder, name), content);
afterAll(() => rmSync(folder, { recursive: true }));

interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { fieldRef: { fieldPath: string } };
}
interface Container {
  name: string;
  args: [string];
  env: EnvironmentVariable[];
  ports?: { name: string; containerPort: number }[];
  lifecycle?: { preStop: { sleep: { seconds: number } } };
}
interface Pod {
  terminationGracePeriodSeconds: number;
  containers: [Container];
  volumes: { name: string; secret?: { secretName: string; items?: { key: string }[] } }[];
}
interface Resource {
  kind: string;
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    template: { spec: Pod };
    metrics: { pods: { metric: { name: string } } }[];
    ingress: { from?: { podSelector?: { matchLabels: Record<string, string> } }[] }[];
  };
}

function render(args: readonly string[]): { text: string; resources: Resource[] } {
  const text = execFileSync(helm.path, ['template', 'giggityflix', CHART, ...KUBERNETES, ...args], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  const resources = parseAllDocuments(text).flatMap((document) => (document.toJS() as Resource | null) ?? []);
  return { text, resources };
}

interface ServiceEnvironment {
  variables: Record<string, z.ZodType>;
  readEnvironment(env: RawEnvironment): unknown;
}
const environmentOf = async ({ args }: Container): Promise<ServiceEnvironment> =>
  import(join(ROOT, args[0].replace('main.ts', 'environment.ts')));

/** Programs are started, and services' modules loaded, on whatever machine. */
const SLOW = { timeout: 120_000 };

describe.skipIf(helm.skip || kubeconform.skip).each(VALUES)('the chart with %s', SLOW, (_name, args) => {
  const { text, resources } = helm.skip ? { text: '', resources: [] } : render(args);
  const ofKind = (...kinds: string[]) => resources.filter(({ kind }) => kinds.includes(kind));
  const workloads = ofKind('Deployment', 'StatefulSet', 'Job');
  const running = ofKind('Deployment', 'StatefulSet');

  it('passes helm lint and the schemas of Kubernetes', () => {
    const lint = spawnSync(helm.path, ['lint', '--strict', ...KUBERNETES, CHART, ...args], {
      encoding: 'utf8',
    });
    expect(lint).toMatchObject({ status: 0, stderr: '' });
    const conform = (input: string) =>
      spawnSync(
        kubeconform.path,
        [
          '-strict',
          '-schema-location',
          'deploy/helm/schemas/generated/{{.ResourceKind}}{{.KindSuffix}}.json',
          '-',
        ],
        { input, encoding: 'utf8', cwd: ROOT },
      );
    expect(conform(text)).toMatchObject({ status: 0, stdout: '' });
    const wrong = conform(text.replace('terminationGracePeriodSeconds:', 'terminationGraceSeconds:'));
    expect(wrong.status).toBe(1);
    expect(wrong.stdout).toMatch(/terminationGraceSeconds/);
  });

  it('runs programs that the image has', () => {
    const held = TARGETS.services!.workspaces;
    expect(running.length).toBeGreaterThanOrEqual(6);
    for (const { spec } of workloads) {
      const [program] = spec.template.spec.containers[0].args;
      expect([program, existsSync(join(ROOT, program))]).toEqual([program, true]);
      expect(held.filter((workspace) => program.startsWith(`${workspace}/`))).toHaveLength(1);
    }
  });

  it('gives each program variables that it has, with values that it takes in production', async () => {
    for (const { metadata, spec } of workloads) {
      const [container] = spec.template.spec.containers;
      const { variables, readEnvironment } = await environmentOf(container);
      const unknown = container.env
        .map(({ name }) => name)
        .filter((name) => !OTHERS.includes(name) && name !== 'NODE_ENV')
        .filter((name) => !(name in variables) && !(name.replace(/_FILE$/, '') in variables));
      expect([metadata.name, unknown]).toEqual([metadata.name, []]);
      const values = container.env
        .filter(({ name }) => !OTHERS.includes(name))
        .map(({ name, value, valueFrom }) => [
          name,
          valueFrom ? `${metadata.name}-0` : value?.replace('/run/secrets/giggityflix', folder),
        ]);
      expect(() => readEnvironment(Object.fromEntries(values)), metadata.name).not.toThrow();
    }
  });

  it('keeps secrets out of the environment, and mounts those alone that a program reads', () => {
    for (const { metadata, spec } of workloads) {
      const { containers, volumes } = spec.template.spec;
      const read = containers[0].env.flatMap(({ name, value = '' }) => {
        expect(name).not.toMatch(/(PASSWORD|TOKENS?|SECRET|_KEY|DATABASE_URL)$/);
        return /^\/run\/secrets\/giggityflix\/(.+)$/.exec(value)?.[1] ?? [];
      });
      const mounted = volumes.find(({ name }) => name === 'secrets')?.secret?.items?.map(({ key }) => key);
      expect([metadata.name, mounted?.sort()]).toEqual([metadata.name, [...new Set(read)].sort()]);
    }
  });

  it('probes the port on which a service listens', async () => {
    for (const { spec } of running) {
      const [container] = spec.template.spec.containers;
      const { variables } = await environmentOf(container);
      const port = variables.HTTP_PORT ?? variables.SERVER_PORT ?? variables.PORT;
      const http = container.ports?.find(({ name }) => name === 'http')?.containerPort;
      expect([container.name, http]).toEqual([container.name, port?.parse(undefined)]);
    }
  });

  it('lets a process finish before it is killed', () => {
    for (const { spec } of running) {
      const { containers, terminationGracePeriodSeconds } = spec.template.spec;
      const [{ name, env, lifecycle }] = containers;
      const drain = Number(env.find((variable) => variable.name === 'DRAIN_TIMEOUT_SEC')?.value);
      const stop = name === 'edge' ? drain + EDGE_STOP_SECONDS : STOP_SECONDS;
      const least = (lifecycle?.preStop.sleep.seconds ?? 0) + stop;
      expect(terminationGracePeriodSeconds, name).toBeGreaterThan(least);
    }
  });

  it('grows by metrics that a process exports', () => {
    const registry = createMetrics('test');
    createBusMetrics(registry);
    createGatewayMetrics(registry);
    createEdgeMetrics(registry);
    createMatchmakerMetrics(registry, { registrations: () => 0 });
    const exported = registry.getMetricsAsArray().map(({ name }) => name);
    for (const { spec } of ofKind('HorizontalPodAutoscaler'))
      for (const { pods } of spec.metrics) expect(exported).toContain(pods.metric.name);
  });

  it('lets services reach those that their addresses name, and has a budget for each', () => {
    const policies = new Map(
      ofKind('NetworkPolicy').map(({ metadata, spec }) => [metadata.name, spec.ingress]),
    );
    for (const { metadata, spec } of running) {
      const [{ name, env }] = spec.template.spec.containers;
      for (const { value = '' } of env)
        for (const [, host] of value.matchAll(/http:\/\/(giggityflix-[a-z]+):\d+/g)) {
          const callers = policies
            .get(host!)
            ?.flatMap(({ from = [] }) =>
              from.map(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/component']),
            );
          expect(callers, `${name} → ${host}`).toContain(name);
        }
      const budgets = ofKind('PodDisruptionBudget').map((budget) => budget.metadata.name);
      expect(budgets).toContain(metadata.name);
    }
  });
});
