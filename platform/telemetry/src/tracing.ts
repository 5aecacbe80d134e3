import { type Logger, READY, type Service, withDeadline } from '@giggityflix/kernel';
import type { TracingConfig } from './config.ts';
import type { Exporter } from './exporter.ts';
import type { MetricsExporter } from './metrics-exporter.ts';
import { installTracer } from './span.ts';

/** How long the last spans may take to reach the collector when a process stops, in milliseconds. */
const FLUSH_MS = 2_000;

/**
 * Exports the spans and the metrics of this process to an OpenTelemetry collector while it runs. Without an endpoint it does
 * nothing, and OpenTelemetry's packages are not even loaded. Start it first and stop it last.
 *
 * @param deps.service Name of spans that belong to none of the process's services in particular.
 */
export function createTracing(config: TracingConfig, deps: { service: string; logger: Logger }): Service {
  const { endpoint, metrics } = config;
  let exporter: Exporter | null = null;
  let metricsExporter: MetricsExporter | null = null;
  return {
    async start() {
      if (metrics.url !== null && !metricsExporter) {
        const { createMetricsExporter } = await import('./metrics-exporter.ts');
        metricsExporter = createMetricsExporter({ ...config, ...metrics, url: metrics.url }, deps);
      }
      if (endpoint === null || exporter) return;
      const { createExporter } = await import('./exporter.ts');
      exporter = createExporter({ ...config, endpoint }, deps);
      installTracer(exporter.tracer);
    },
    async stop() {
      if (exporter) installTracer(null);
      const flush = (last: { shutdown(): Promise<void> } | null, what: string) =>
        last &&
        withDeadline(last.shutdown(), FLUSH_MS, `exporting the last ${what}`).catch((error: unknown) =>
          deps.logger.warn({ err: error }, `the last ${what} were not exported`),
        );
      const flushes = [flush(exporter, 'spans'), flush(metricsExporter, 'metrics')];
      exporter = null;
      metricsExporter = null;
      await Promise.all(flushes);
    },
    ready: () => READY,
  };
}

/** A service whose spans are exported from before its start until after its stop, however those end. */
export function withTracing(
  service: Service,
  config: TracingConfig,
  deps: { service: string; logger: Logger },
): Service {
  const tracing = createTracing(config, deps);
  return {
    async start() {
      await tracing.start();
      await service.start();
    },
    async stop() {
      try {
        await service.stop();
      } finally {
        await tracing.stop();
      }
    },
    ready: () => service.ready(),
  };
}
