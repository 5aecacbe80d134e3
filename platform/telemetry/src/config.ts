import { decimal, emptyAllowed, integer, secret } from '@giggityflix/kernel';
import { z } from 'zod';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const collectorUrl = (description: string) =>
  emptyAllowed(
    z
      .union([z.literal(''), z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })])
      .default('')
      .meta({ description }),
  );

/** The variables of a process that can export its spans, named by the OpenTelemetry specification. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl(
    'Collector that takes OTLP over HTTP: gets traces and metrics; without it neither is exported',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: emptyAllowed(
    secret(
      z
        .string()
        .default('')
        .transform((text, context) => {
          const headers = parseHeaders(text);
          if (headers) return headers;
          context.addIssue({ code: 'custom', message: 'expected name=value, comma-separated' });
          return z.NEVER;
        })
        .meta({ description: 'Headers for the collector, name=value, comma-separated, percent-encoded' }),
    ),
  ),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: collectorUrl(
    'URL that takes metrics as OTLP over HTTP; by default v1/metrics of OTEL_EXPORTER_OTLP_ENDPOINT',
  ),
  OTEL_METRICS_EXPORTER: z.enum(['otlp', 'none']).default('otlp').meta({
    description: 'none keeps the metrics from the collector; GET /metrics has them all the same',
  }),
  OTEL_METRIC_EXPORT_INTERVAL: integer(60_000, { min: 100, max: 86_400_000 }).meta({
    description: 'How often metrics are exported, in milliseconds',
  }),
  OTEL_SERVICE_NAME: emptyAllowed(
    z.string().default('').meta({
      description:
        'Name of this service in traces and exported metrics; by default gateway, catalog, tracker, viewing or edge',
    }),
  ),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on').meta({
    description: 'Which traces are recorded',
  }),
  OTEL_TRACES_SAMPLER_ARG: decimal(1, { max: 1 }).meta({
    description: 'Share of traces that the traceidratio samplers record, 0 to 1',
  }),
};

export interface MetricsExportConfig {
  /** Where metrics go; null exports none. */
  url: string | null;
  intervalMs: number;
}

export interface TracingConfig {
  /** Base URL of the collector; null exports nothing. */
  endpoint: string | null;
  headers: Readonly<Record<string, string>>;
  metrics: MetricsExportConfig;
  /** Goes before any name the process has for its parts. */
  serviceName: string | null;
  sampler: { kind: (typeof SAMPLERS)[number]; ratio: number };
}

/** Turns parsed {@link tracingVariables} into one nested object. */
export function tracingConfig(env: z.output<z.ZodObject<typeof tracingVariables>>): TracingConfig {
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT || null,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    metrics: { url: metricsUrl(env), intervalMs: env.OTEL_METRIC_EXPORT_INTERVAL },
    serviceName: env.OTEL_SERVICE_NAME || null,
    sampler: { kind: env.OTEL_TRACES_SAMPLER, ratio: env.OTEL_TRACES_SAMPLER_ARG },
  };
}

/** The URL of a signal is taken as it is; that of the collector is a base. */
function metricsUrl(env: z.output<z.ZodObject<typeof tracingVariables>>): string | null {
  if (env.OTEL_METRICS_EXPORTER === 'none') return null;
  if (env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT) return env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '');
  return base === '' ? null : `${base}/v1/metrics`;
}

/** Null for what is not a list of `name=value`. */
function parseHeaders(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').map((item) => item.trim())) {
    if (pair === '') continue;
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(.*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return null;
    try {
      headers[name] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return headers;
}
