import { notReady, type Readiness } from '@giggityflix/kernel';
import { Gauge, type Registry } from 'prom-client';

export interface ProbeSources {
  metrics: Registry;
  /** What `GET /ready` reports. */
  ready: () => Readiness | Promise<Readiness>;
}

export interface ProbeAnswer {
  status: number;
  type: string;
  body: string;
}

export const METRICS_PATH = '/metrics';
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * What every process answers to probes and scrapers, by path: `/health` (alive), `/ready` (would it serve now, and if
 * not, why), `/metrics` (Prometheus). Readiness is a metric, too.
 */
export function createProbes({ metrics, ready }: ProbeSources): Record<string, () => Promise<ProbeAnswer>> {
  reportReadiness(metrics, ready);
  return {
    '/health': async () => ({ status: 200, type: JSON_TYPE, body: JSON.stringify({ status: 'ok' }) }),
    async '/ready'() {
      const readiness = await readinessOf(ready);
      const body = readiness.ready ? { status: 'ready' } : { status: 'not ready', reason: readiness.reason };
      return { status: readiness.ready ? 200 : 503, type: JSON_TYPE, body: JSON.stringify(body) };
    },
    [METRICS_PATH]: async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() }),
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

/** A check that fails is a reason not to be ready, not a failure of the request. */
async function readinessOf(check: ProbeSources['ready']): Promise<Readiness> {
  try {
    return await check();
  } catch (error) {
    return notReady(error instanceof Error ? error.message : String(error));
  }
}
