// cspell:ignore APIV
/**
 * Writes the schemas that `kubeconform -strict` holds the chart to, of the kinds it has and no others:
 *
 *   node deploy/helm/schemas/generate.ts OPENAPI SERVICEMONITORS
 *
 * OPENAPI is the folder `api/openapi-spec/v3` of the Go module k8s.io/kubernetes (v1.36.3), SERVICEMONITORS the file
 * `example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml` of
 * github.com/prometheus-operator/prometheus-operator (v0.85.0).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = { [key: string]: Json };

const KINDS: Record<string, readonly string[]> = {
  api__v1: ['io.k8s.api.core.v1.Service', 'io.k8s.api.core.v1.ServiceAccount'],
  apis__apps__v1: ['io.k8s.api.apps.v1.Deployment', 'io.k8s.api.apps.v1.StatefulSet'],
  apis__autoscaling__v2: ['io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler'],
  apis__batch__v1: ['io.k8s.api.batch.v1.Job'],
  'apis__networking.k8s.io__v1': [
    'io.k8s.api.networking.v1.Ingress',
    'io.k8s.api.networking.v1.NetworkPolicy',
  ],
  apis__policy__v1: ['io.k8s.api.policy.v1.PodDisruptionBudget'],
};
/** What an API server fills in or ignores, or what only people read. */
const LEFT_OUT = new Set(['description', 'default', 'format']);
const REFERENCE = '#/components/schemas/';

const [openApi = '', serviceMonitors = ''] = process.argv.slice(2);
for (const [file, names] of Object.entries(KINDS)) {
  const { components } = JSON.parse(readFileSync(join(openApi, `${file}_openapi.json`), 'utf8'));
  for (const name of names) write(name, components.schemas as Record<string, Schema>);
}
const [version] = parse(readFileSync(serviceMonitors, 'utf8')).spec.versions;
const monitor = strict(version.schema.openAPIV3Schema) as { properties: Schema };
monitor.properties.metadata = { type: 'object' };
save('servicemonitor-monitoring-v1', monitor);

function write(name: string, schemas: Record<string, Schema>): void {
  const definitions: Schema = {};
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next in definitions) continue;
    const schema = strict(schemas[next] as Schema, (reference) => waiting.push(reference));
    definitions[next] = schema;
  }
  const [{ group, version, kind }] = (schemas[name] as Schema)['x-kubernetes-group-version-kind'] as never;
  const suffix = [(group as string).split('.')[0], version].filter(Boolean).join('-');
  const top = definitions[name] as { properties: { apiVersion: Schema; kind: Schema }; required?: string[] };
  top.properties.apiVersion = { const: group === '' ? version : `${group}/${version}` };
  top.properties.kind = { const: kind };
  top.required = [...new Set([...(top.required ?? []), 'apiVersion', 'kind', 'metadata'])];
  save(`${(kind as string).toLowerCase()}-${suffix}`, { $ref: `#/definitions/${name}`, definitions });
}

/** An OpenAPI schema as a JSON Schema that takes no property it does not name. */
function strict(schema: Json, refers: (name: string) => void = () => {}): Json {
  if (Array.isArray(schema)) return schema.map((item) => strict(item, refers));
  if (schema === null || typeof schema !== 'object') return schema;
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(REFERENCE.length);
    refers(name);
    return { $ref: `#/definitions/${name}` };
  }
  if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string')
    return { type: ['integer', 'string'] };
  const out: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (LEFT_OUT.has(key) && typeof value !== 'object') continue;
    if (key === 'default' || key.startsWith('x-kubernetes-') || key === 'nullable') continue;
    if (key === 'properties')
      out.properties = Object.fromEntries(
        Object.entries(value as Schema).map(([name, inner]) => [name, strict(inner, refers)]),
      );
    else out[key] = strict(value, refers);
  }
  if (Array.isArray(out.allOf) && out.allOf.length === 1) return out.allOf[0] as Json;
  if (out.properties && out.additionalProperties === undefined) out.additionalProperties = false;
  return out;
}

function save(name: string, schema: Json): void {
  writeFileSync(join(import.meta.dirname, 'generated', `${name}.json`), `${JSON.stringify(schema)}\n`);
}
