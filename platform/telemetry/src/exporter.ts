import { currentTraceparent, type Logger, TRACEPARENT_FORM } from '@giggityflix/kernel';
import {
  type Span as ApiSpan,
  type Tracer as ApiTracer,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracingConfig } from './config.ts';
import type { Span, Tracer } from './span.ts';

export interface Exporter {
  readonly tracer: Tracer;
  /** Sends what is waiting and closes the connection to the collector. */
  shutdown(): Promise<void>;
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Longest value of an attribute, in characters: names and ids are shorter. */
const MAX_ATTRIBUTE_LENGTH = 256;
/** Spans waiting for the collector; beyond this they are dropped rather than filling the memory. */
const MAX_WAITING_SPANS = 8_192;
const MAX_BATCH_SPANS = 512;
/** How often waiting spans are sent, in milliseconds. */
const EXPORT_INTERVAL_MS = 1_000;

/** Spans in OpenTelemetry's SDK, sent as OTLP/HTTP in JSON to `<endpoint>/v1/traces`. */
export function createExporter(
  config: TracingConfig & { endpoint: string },
  deps: { service: string; logger: Logger },
): Exporter {
  const url = `${config.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const processor = new BatchSpanProcessor({
    exporter: reporting(new OTLPTraceExporter({ url, headers: { ...config.headers } }), url, deps.logger),
    maxQueueSize: MAX_WAITING_SPANS,
    maxExportBatchSize: MAX_BATCH_SPANS,
    scheduledDelayMillis: EXPORT_INTERVAL_MS,
  });
  const sampler = samplerOf(config.sampler);
  const tracers = new Map<string, ApiTracer>();
  /** The services of one process share everything but their name. */
  const tracerOf = (service: string): ApiTracer => {
    let tracer = tracers.get(service);
    if (!tracer) {
      const resource = resourceFromAttributes({
        'service.name': service,
        'service.namespace': 'giggityflix',
        'process.pid': process.pid,
      });
      const spanLimits = { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH };
      const provider = new TracerProvider({ resource, sampler, spanLimits, spanProcessors: [processor] });
      tracer = provider.getTracer('@giggityflix/telemetry');
      tracers.set(service, tracer);
    }
    return tracer;
  };
  return {
    tracer: {
      startSpan(name, { kind = 'internal', parent = currentTraceparent(), service, attributes }) {
        const tracer = tracerOf(config.serviceName ?? service ?? deps.service);
        const context = contextOf(parent);
        return wrap(
          tracer.startSpan(name, { kind: KINDS[kind], ...(attributes && { attributes }) }, context),
        );
      },
    },
    shutdown: () => processor.shutdown(),
  };
}

function wrap(span: ApiSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  let ended = false;
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set(attributes) {
      span.setAttributes(attributes);
    },
    event(name, attributes) {
      span.addEvent(name, attributes);
    },
    fail(type) {
      span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    },
    end() {
      if (ended) return;
      ended = true;
      span.end();
    },
  };
}

function contextOf(traceparent: string | null | undefined) {
  if (!traceparent || !TRACEPARENT_FORM.test(traceparent)) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

function samplerOf({ kind, ratio }: TracingConfig['sampler']): Sampler {
  const root = kind.endsWith('always_on')
    ? new AlwaysOnSampler()
    : kind.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return kind.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
}

/** Says once that the collector takes nothing, and once that it does again. */
function reporting(exporter: OTLPTraceExporter, url: string, logger: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== 0 && !failing) logger.warn({ err: result.error, url }, 'cannot export spans');
        if (result.code === 0 && failing) logger.info({ url }, 'spans are exported again');
        failing = result.code !== 0;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
