import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBusMetrics } from '@giggityflix/bus';
import { createHttpServer } from '@giggityflix/http';
import { createLogger, type RawEnvironment, READY } from '@giggityflix/kernel';
import { createMetrics, reportCertificate, reportStores } from '@giggityflix/telemetry';
import { requirePromtool } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { createEdgeMetrics } from '../../edge/src/metrics.ts';
import { createGatewayMetrics, reportUnavailable } from '../../gateway/src/metrics.ts';
import { createMatchmakerMetrics } from '../../matchmaker/src/metrics.ts';
import { createCatalogMetrics } from '../../subgraphs/catalog/src/ingest/metrics.ts';
import { createTrackerMetrics } from '../../subgraphs/tracker/src/metrics.ts';
import { createViewingMetrics } from '../../subgraphs/viewing/src/metrics.ts';

const ROOT = join(import.meta.dirname, '../..');
const DEPLOY = join(ROOT, 'deploy');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const SECRETS: Record<string, string> = {
  network_name_secret: 'n'.repeat(64),
  service_token: 'a-long-random-text\n',
  postgres_password: 'letters1digits\n',
  database_url: 'postgresql://giggityflix:letters1digits@postgres/giggityflix\n',
};
const secretsFolder = mkdtempSync(join(tmpdir(), 'giggityflix-secrets-'));
for (const [name, content] of Object.entries(SECRETS)) writeFileSync(join(secretsFolder, name), content);
afterAll(() => rmSync(secretsFolder, { recursive: true }));
const inFile = (value: string) => value.replace('/run/secrets', secretsFolder);

function isSecret(schema: z.ZodType | undefined): boolean {
  return (schema?.meta() as { secret?: boolean } | undefined)?.secret === true;
}

interface ComposeService {
  secrets?: string[];
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
}
const compose = parse(read('deploy/compose.yaml'), { merge: true }) as {
  services: Record<string, ComposeService>;
  secrets: Record<string, { file: string }>;
};
const ours = Object.entries(compose.services).filter(([, { command }]) => command?.[0]?.endsWith('main.ts'));

interface ServiceEnvironment {
  variables: Record<string, z.ZodType>;
  readEnvironment(env: RawEnvironment): unknown;
}
const environmentOf = async (service: ComposeService): Promise<ServiceEnvironment> =>
  import(join(ROOT, service.command![0]!.replace('main.ts', 'environment.ts')));

/** What an operator gives, in place of `${NAME:?hint}` and `${NAME:-default}`. */
const GIVEN: Record<string, string> = {
  AUTH_JWKS_URL: 'https://id.example.com/jwks.json',
  IDENTITY_SERVICE_URL: 'https://id.example.com',
};
function filledIn(value: string | number): string {
  return String(value).replace(
    /\$\{(\w+):([?-])([^}]*)\}/g,
    (_all, name: string, kind: string, text: string) =>
      kind === '-'
        ? text
        : (GIVEN[name] ?? expect.fail(`${name} is asked of the operator, and not of this test`)),
  );
}

describe('deploy/compose.yaml', () => {
  it('runs every service', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(
      ['catalog', 'edge', 'gateway', 'identity', 'matchmaker', 'tracker', 'viewing'].sort(),
    );
    for (const [, { command }] of ours) expect(existsSync(join(ROOT, command![0]!))).toBe(true);
  });

  it.each(ours)(
    'gives %s variables that it has, with values that it takes in production',
    async (_name, service) => {
      const { variables, readEnvironment } = await environmentOf(service);
      const { HEALTH_PORT: _, ...environment } = service.environment ?? {};
      const isVariable = (name: string) =>
        name in variables || isSecret(variables[name.replace(/_FILE$/, '')] as z.ZodType);
      expect(Object.keys(environment).filter((name) => !isVariable(name))).toEqual([]);
      const filled = Object.entries(environment).map(([name, value]) => [name, inFile(filledIn(value))]);
      expect(() => readEnvironment({ NODE_ENV: 'production', ...Object.fromEntries(filled) })).not.toThrow();
    },
  );

  it('has no secret in the environment of a container, and gives each those that it names', () => {
    expect(Object.keys(compose.secrets).sort()).toEqual(Object.keys(SECRETS).sort());
    for (const [name, { environment = {}, secrets = [] }] of Object.entries(compose.services)) {
      const named = Object.values(environment).flatMap(
        (value) => /^\/run\/secrets\/(\w+)$/.exec(String(value))?.[1] ?? [],
      );
      expect([name, [...new Set(named)].sort()]).toEqual([name, [...secrets].sort()]);
      for (const variable of Object.keys(environment))
        expect(variable).not.toMatch(/(PASSWORD|TOKENS?|SECRET|_KEY)$/);
    }
  });

  it('asks each container for its health, and each service for its peers, where they listen', async () => {
    const listens = new Map<string, string>();
    for (const [name, service] of ours) {
      const { variables } = await environmentOf(service);
      const port = variables.HTTP_PORT ?? variables.SERVER_PORT ?? variables.PORT;
      listens.set(name, String(port?.parse(undefined)));
      expect([name, String(service.environment?.HEALTH_PORT)]).toEqual([name, listens.get(name)]);
    }
    for (const [, { environment = {} }] of ours)
      for (const value of Object.values(environment).map(filledIn))
        for (const [, host, port] of value.matchAll(/http:\/\/([a-z]+):(\d+)/g))
          expect([host, port]).toEqual([host, listens.get(host!)]);
    const targets = parse(read('deploy/prometheus.yaml')).scrape_configs[0].static_configs[0].targets;
    expect([...targets].sort()).toEqual([...listens].map(([name, port]) => `${name}:${port}`).sort());
  });
});

/** The names of everything the processes export, without what Prometheus adds for histograms. */
function exportedMetrics(): Set<string> {
  const registries = [1, 2, 3, 4, 5, 6, 7].map((n) => createMetrics(`s${n}`, { processMetrics: n === 1 }));
  const [common, gateway, tracker, viewing, catalog, edge, matchmaker] = registries as [
    (typeof registries)[0],
    ...typeof registries,
  ];
  createHttpServer({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: common,
    ready: () => READY,
  });
  createBusMetrics(common);
  reportStores(common, {});
  reportCertificate(common, 'grpc');
  createGatewayMetrics(gateway!);
  reportUnavailable(gateway!, async () => []);
  createTrackerMetrics(tracker!, {} as never);
  createViewingMetrics(viewing!, { demotions: () => ({ count: async () => 0, list: async () => [] }) });
  createCatalogMetrics(catalog!, { awaited: 0 });
  createEdgeMetrics(edge!);
  createMatchmakerMetrics(matchmaker!, { registrations: () => 0 });
  return new Set(registries.flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => name)));
}

/** The metrics an expression reads: its words, without functions, labels, ranges and keywords. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/\b\w+:(\w+):rate5m/g, '$1')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|on)\s*\([^)]*\)/g, ' ');
  const words = bare.match(/\b[a-z][a-z0-9_]*\b(?!\s*\()/g) ?? [];
  return words.filter(
    (word) => !['and', 'or', 'unless', 'offset', 'by', 'on', 'sum', 'max', 'up'].includes(word),
  );
}

describe('deploy/alerts.yaml', () => {
  const rules = parse(read('deploy/alerts.yaml')).groups.flatMap(
    (group: { rules: { alert: string; expr: string }[] }) => group.rules,
  ) as { alert: string; expr: string }[];
  const exported = exportedMetrics();
  const operating = read('docs/operating.md');

  it.each(rules)(
    '$alert reads metrics that a process exports, and the guide says what to do',
    ({ alert, expr }) => {
      const read = metricsIn(expr).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
      expect(read.length).toBeGreaterThan(alert === 'ServiceDown' ? -1 : 0);
      expect(read.filter((name) => !exported.has(name))).toEqual([]);
      expect(operating).toContain(`**${alert}**`);
    },
  );

  it('names the job that Prometheus scrapes the services as', () => {
    const jobs = parse(read('deploy/prometheus.yaml')).scrape_configs.map(
      (job: { job_name: string }) => job.job_name,
    );
    const named = rules.flatMap(({ expr }) => [...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => job));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((job) => !jobs.includes(job))).toEqual([]);
  });

  const promtool = requirePromtool();
  it.skipIf(promtool.skip)('is what Prometheus takes', () => {
    execFileSync(promtool.path, ['check', 'config', join(DEPLOY, 'prometheus.yaml')], { stdio: 'pipe' });
  });
});

describe('deploy/giggityflix@.service', () => {
  it('hands over credentials that services take, and all of them but a household’s', async () => {
    const loaded = [
      ...read('deploy/giggityflix@.service').matchAll(/^LoadCredential=(\w+):giggityflix\.%i\.(\w+)$/gm),
    ];
    for (const [, name, file] of loaded) expect(file).toBe(name);
    const secrets = new Set<string>();
    for (const [, service] of ours)
      for (const [name, schema] of Object.entries((await environmentOf(service)).variables))
        if (isSecret(schema)) secrets.add(name);
    expect(loaded.map(([, name]) => name).sort()).toEqual([...secrets].sort());
  });
});
