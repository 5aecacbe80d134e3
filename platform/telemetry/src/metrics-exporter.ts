import type { Logger } from '@giggityflix/kernel';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Registry } from 'prom-client';
import { reportedRegistries } from './metrics.ts';
import { toScopeMetrics } from './otlp-metrics.ts';

export interface MetricsExporter {
  /** Sends the last values and closes the connection to the collector. */
  shutdown(): Promise<void>;
}

export interface MetricsExporterConfig {
  url: string;
  headers: Readonly<Record<string, string>>;
  intervalMs: number;
  serviceName: string | null;
}

/**
 * Exports what `GET /metrics` reports as OTLP/HTTP in JSON: the registry of each service of this process under its own
 * `service.name`. Logs once that the collector takes nothing, and once that it does again.
 */
export function createMetricsExporter(
  config: MetricsExporterConfig,
  { logger }: { logger: Logger },
): MetricsExporter {
  const { url } = config;
  const exporter = new OTLPMetricExporter({ url, headers: { ...config.headers } });
  const startedAt = Date.now();
  let failing = false;
  let sending: Promise<void> | null = null;

  const send = async (service: string, registry: Registry): Promise<void> => {
    const resource = resourceFromAttributes({
      'service.name': config.serviceName ?? service,
      'service.namespace': 'giggityflix',
      'process.pid': process.pid,
    });
    const scope = toScopeMetrics(await registry.getMetricsAsJSON(), { startedAt, now: Date.now() });
    const result = await new Promise<{ code: number; error?: Error }>((resolve) =>
      exporter.export({ resource, scopeMetrics: [scope] }, resolve),
    );
    if (result.code !== 0 && !failing) logger.warn({ err: result.error, url }, 'cannot export metrics');
    if (result.code === 0 && failing) logger.info({ url }, 'metrics are exported again');
    failing = result.code !== 0;
  };
  const sendAll = async () => {
    for (const [service, registry] of reportedRegistries())
      await send(service, registry).catch((error: unknown) =>
        logger.warn({ err: error, service }, 'cannot collect metrics'),
      );
  };
  /** A slow collector does not get two exports at once, nor one after the other of what it kept waiting. */
  const next = () => {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  };
  const timer = setInterval(next, config.intervalMs).unref();
  return {
    async shutdown() {
      clearInterval(timer);
      await sending;
      await next();
      await exporter.shutdown();
    },
  };
}
