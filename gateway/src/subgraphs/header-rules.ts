import { z } from 'zod';

/** Headers about one connection or one body, and those the gateway sends itself: no rule may touch them. */
const RESERVED = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'http2-settings', 'expect', 'host', 'content-length'],
  ...['content-type', 'content-encoding', 'accept', 'accept-encoding'],
  ...['authorization', 'x-service-token', 'x-request-id', 'traceparent', 'tracestate'],
]);
/** Credentials of other kinds, and what says where a request came from: they go on only when they are named. */
const NAMED_ONLY = /^cookie|^sec-|token|secret|api-?key|credential|auth|forwarded|^x-real-ip$/;

const name = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, 'expected the name of a header')
  .toLowerCase()
  .refine((text) => !RESERVED.has(text), 'this header is the gateway’s own, or of one connection');
const value = z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable characters');
const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const rule = z.union([
  z.strictObject({
    propagate: z.union([
      z.strictObject({ named: name, rename: name.optional(), default: value.optional() }),
      z.strictObject({ matching: pattern }),
    ]),
  }),
  z.strictObject({ insert: z.strictObject({ name, value }) }),
  z.strictObject({
    remove: z.union([z.strictObject({ named: name }), z.strictObject({ matching: pattern })]),
  }),
]);
type HeaderRule = z.output<typeof rule>;

/** Rules by the subgraph they are for, in order; those of `all` come first for every subgraph. */
export const headerRules = z.record(z.string(), z.array(rule));
export type HeaderRules = z.output<typeof headerRules>;

type Headers = Readonly<Record<string, string>>;

/** What of a client's headers rules are about. */
export interface ForwardedHeaders {
  readonly headers: Headers;
  /** Equal for equal headers: what was fetched with some is not for who sends others. */
  readonly key: string;
}

export interface Forwarding {
  /** Undefined when the client sends nothing that any rule passes on. */
  pick(headers: Readonly<Record<string, string | string[] | undefined>>): ForwardedHeaders | undefined;
  /** The headers a subgraph is sent. */
  of(subgraph: string, forwarded: ForwardedHeaders | undefined): Headers;
}

/** Prepares rules; null when there are none. */
export function createForwarding(rules: HeaderRules): Forwarding | null {
  const every = Object.values(rules).flat();
  if (every.length === 0) return null;
  return {
    pick(headers) {
      const hops = new Set(
        String(headers.connection ?? '')
          .toLowerCase()
          .split(/\s*,\s*/),
      );
      const picked: Record<string, string> = {};
      for (const header of Object.keys(headers).sort()) {
        const given = headers[header];
        if (typeof given !== 'string' || RESERVED.has(header) || hops.has(header)) continue;
        if (every.some((one) => takes(one, header))) picked[header] = given;
      }
      const names = Object.keys(picked);
      return names.length === 0 ? undefined : { headers: picked, key: JSON.stringify(picked) };
    },
    of(subgraph, forwarded) {
      const own = subgraph === 'all' ? [] : (rules[subgraph] ?? []);
      const sent: Record<string, string> = {};
      for (const one of [...(rules.all ?? []), ...own]) apply(one, forwarded?.headers ?? {}, sent);
      return sent;
    },
  };
}

function takes(one: HeaderRule, header: string): boolean {
  if (!('propagate' in one)) return false;
  const { propagate } = one;
  if ('named' in propagate) return propagate.named === header;
  return propagate.matching.test(header) && !NAMED_ONLY.test(header);
}

function apply(one: HeaderRule, given: Headers, sent: Record<string, string>): void {
  if ('insert' in one) sent[one.insert.name] = one.insert.value;
  else if ('remove' in one) {
    const { remove } = one;
    for (const header of Object.keys(sent))
      if ('named' in remove ? remove.named === header : remove.matching.test(header)) delete sent[header];
  } else if ('named' in one.propagate) {
    const { named, rename = named, default: otherwise } = one.propagate;
    const passed = Object.hasOwn(given, named) ? given[named] : otherwise;
    if (passed !== undefined) sent[rename] = passed;
  } else for (const [header, text] of Object.entries(given)) if (takes(one, header)) sent[header] = text;
}
