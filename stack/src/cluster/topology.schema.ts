import { z } from 'zod';

/** What is installed: the engines come from elsewhere, the services from here. */
export const ENGINE_KINDS = ['kafka', 'redis', 'postgres', 'coturn', 'balancer'] as const;
export const SERVICE_KINDS = [
  'gateway',
  'catalog',
  'tracker',
  'viewing',
  'identity',
  'edge',
  'matchmaker',
  'peer',
] as const;
const kind = z.enum([...ENGINE_KINDS, ...SERVICE_KINDS]);
export type EngineKind = (typeof ENGINE_KINDS)[number];
export type ProcessKind = z.infer<typeof kind>;

/** Name → a port that is documented; each process of an installation gets one of its own for it. */
const ports = z.record(z.string(), z.number().int().min(1).max(65_535));
/**
 * Variable → value, in which `{…}` is filled in for each process: `{url:catalog}` where a kind is reached by others,
 * `{public:gateway}` where browsers reach it, `{nodes:kafka}` its processes as host:port, `{secret:NAME}` the path of a
 * secret's file, `{file:NAME}` that of another one, `{port:http}` a port of its own, `{name}` its name.
 */
const variables = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string());

const common = z.strictObject({
  /** How many processes; more than one are numbered: `gateway-1`. */
  replicas: z.number().int().positive(),
  /** With `--small`. */
  smallReplicas: z.number().int().positive().optional(),
  ports,
  /** What has to be ready before it starts; the rest finds each other. */
  needs: z.array(kind),
});
const engine = common.extend({ kind: z.enum(ENGINE_KINDS) });
const service = common.extend({
  kind: z.enum(SERVICE_KINDS),
  /** What Node.js runs, from the root of the repository. */
  script: z.string(),
  /** Its port that others reach through the balancer; without one they know each process. */
  balanced: z.string().optional(),
  /** The port of `GET /ready`. */
  health: z.string(),
  /** What any installation has to say to it. */
  variables,
  /** What is said besides where everything runs on one machine. */
  onOneMachine: variables,
});

export const topologySchema = z.strictObject({
  /** Databases of PostgreSQL, each with a role of its own of that name, and the kinds that use it. */
  databases: z.record(z.string().regex(/^[a-z_]+$/), z.array(kind)),
  processes: z.array(z.discriminatedUnion('kind', [engine, service])),
});

export type Topology = z.infer<typeof topologySchema>;
export type ProcessGroup = Topology['processes'][number];
export type ServiceGroup = z.infer<typeof service>;

export function isService(group: ProcessGroup): group is ServiceGroup {
  return 'script' in group;
}
