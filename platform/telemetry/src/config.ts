import { decimal, emptyAllowed, secret } from '@giggityflix/kernel';
import { z } from 'zod';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** The variables of a process that can export its spans, named by the OpenTelemetry specification. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: emptyAllowed(
    z
      .union([z.literal(''), z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })])
      .default('')
      .meta({ description: 'Collector that takes OTLP over HTTP; without it no traces are exported' }),
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
  OTEL_SERVICE_NAME: emptyAllowed(
    z.string().default('').meta({
      description: 'Name of this service in traces; by default gateway, catalog, tracker, viewing or edge',
    }),
  ),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on').meta({
    description: 'Which traces are recorded',
  }),
  OTEL_TRACES_SAMPLER_ARG: decimal(1, { max: 1 }).meta({
    description: 'Share of traces that the traceidratio samplers record, 0 to 1',
  }),
};

export interface TracingConfig {
  /** Base URL of the collector; null exports nothing. */
  endpoint: string | null;
  headers: Readonly<Record<string, string>>;
  /** Goes before any name the process has for its parts. */
  serviceName: string | null;
  sampler: { kind: (typeof SAMPLERS)[number]; ratio: number };
}

/** Turns parsed {@link tracingVariables} into one nested object. */
export function tracingConfig(env: z.output<z.ZodObject<typeof tracingVariables>>): TracingConfig {
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT || null,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: env.OTEL_SERVICE_NAME || null,
    sampler: { kind: env.OTEL_TRACES_SAMPLER, ratio: env.OTEL_TRACES_SAMPLER_ARG },
  };
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
