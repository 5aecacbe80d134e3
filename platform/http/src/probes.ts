import { readFileSync } from 'node:fs';
import { notReady, type Readiness, withDeadline } from '@giggityflix/kernel';
import { Gauge, type Registry } from 'prom-client';
import { type AddressedRequest, NO_PROXIES, type TrustedProxies } from './client-address.ts';
import { metricsRefused } from './problem.ts';
import { mayReadMetrics } from './scrapers.ts';

export interface ProbeSources {
  metrics: Registry;
  /** What `GET /ready` reports. */
  ready: () => Readiness | Promise<Readiness>;
  /** Who may read `/metrics` besides this machine. */
  metricsAllowed?: TrustedProxies | undefined;
  /** Proxies whose word on a request's address, scheme and host is believed. */
  trustedProxies?: TrustedProxies | undefined;
}

export interface ProbeAnswer {
  status: number;
  type: string;
  body: string;
}

/** In milliseconds. Kubernetes and balancers wait a second by default, and take what comes later for the end of the process. */
const READY_DEADLINE_MS = 800;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * What every process answers to probes and scrapers, by path: `/health` (alive), `/ready` (would it serve now, and if
 * not, why; `unavailable` names what it serves without), `/metrics` (Prometheus). Readiness is a metric, too. An answer may be an `HttpProblem` that is thrown.
 */
export function createProbes({
  metrics,
  ready,
  metricsAllowed = NO_PROXIES,
  trustedProxies = NO_PROXIES,
}: ProbeSources): Record<string, (request: AddressedRequest) => Promise<ProbeAnswer>> {
  const readers = { allowed: metricsAllowed, proxies: trustedProxies };
  reportReadiness(metrics, ready);
  reportBuild(metrics);
  return {
    '/health': async () => ({ status: 200, type: JSON_TYPE, body: JSON.stringify({ status: 'ok' }) }),
    async '/ready'() {
      const readiness = await readinessOf(ready);
      const body = readiness.ready
        ? { status: 'ready', ...(readiness.unavailable?.length && { unavailable: readiness.unavailable }) }
        : { status: 'not ready', reason: readiness.reason };
      return { status: readiness.ready ? 200 : 503, type: JSON_TYPE, body: JSON.stringify(body) };
    },
    async '/metrics'(request) {
      if (!mayReadMetrics(request, readers)) throw metricsRefused();
      return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
    },
  };
}

function reportReadiness(registry: Registry, ready: ProbeSources['ready']): void {
  if (registry.getSingleMetric('service_ready')) return;
  new Gauge({
    name: 'service_ready',
    help: 'Whether GET /ready answers 200',
    registers: [registry],
    async collect() {
      this.set((await readinessOf(ready)).ready ? 1 : 0);
    },
  });
}

function reportBuild(registry: Registry): void {
  if (registry.getSingleMetric('giggityflix_build_info')) return;
  new Gauge({
    name: 'giggityflix_build_info',
    help: 'The release that runs, and the version of Node.js; always 1',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: release(), node: process.versions.node }, 1);
}

/** Where there is no package.json beside the programs, as in a single file, nothing is known. */
function release(): string {
  try {
    const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    return (JSON.parse(file) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}

/** A check that fails, or takes longer than whoever asks waits, is a reason not to be ready, not a failure of the request. */
async function readinessOf(check: ProbeSources['ready']): Promise<Readiness> {
  try {
    return await withDeadline(Promise.resolve(check()), READY_DEADLINE_MS, 'checking readiness');
  } catch (error) {
    return notReady(error instanceof Error ? error.message : String(error));
  }
}
