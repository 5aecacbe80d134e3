import { duration, list } from '@giggityflix/kernel';
import { z } from 'zod';
import { type HeaderRules, headerRules } from './subgraphs/header-rules.ts';
import { ERROR_POLICIES, type ErrorPolicies, type ErrorPolicy } from './subgraphs/shown-errors.ts';

const MIN_TIMEOUT_MS = 100;
const timeout = duration('10s', { minMs: MIN_TIMEOUT_MS });
const NAMED = /^([A-Za-z][\w-]*)=(.+)$/;

const timeouts = list('').transform((items, context): ReadonlyMap<string, number> => {
  const named = new Map<string, number>();
  for (const item of items) {
    const [, name, text = ''] = NAMED.exec(item) ?? [];
    const ms = timeout.safeParse(text);
    if (name && ms.success) named.set(name, ms.data);
    else
      context.addIssue({
        code: 'custom',
        message: `expected name=duration of at least ${MIN_TIMEOUT_MS}ms, not ${JSON.stringify(item)}`,
      });
  }
  return named;
});

const isPolicy = (text: string): text is ErrorPolicy => ERROR_POLICIES.some((policy) => policy === text);

const errorPolicies = list('pass').transform((items, context): ErrorPolicies => {
  const named = new Map<string, ErrorPolicy>();
  let others: ErrorPolicy | undefined;
  for (const item of items) {
    const [, name, policy = item] = NAMED.exec(item) ?? [];
    if (!isPolicy(policy) || (name === undefined && others !== undefined))
      context.addIssue({
        code: 'custom',
        message: `expected one of ${ERROR_POLICIES.join(', ')}, and name=policy for other subgraphs, not ${JSON.stringify(item)}`,
      });
    else if (name === undefined) others = policy;
    else named.set(name, policy);
  }
  return { others: others ?? 'pass', named };
});

const headers = z
  .string()
  .default('{}')
  .transform((text, context): HeaderRules => {
    try {
      const read = headerRules.safeParse(JSON.parse(text));
      if (read.success) return read.data;
      context.addIssue({ code: 'custom', message: z.prettifyError(read.error) });
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
    return z.NEVER;
  });

/** How the gateway treats its subgraphs. */
export const subgraphVariables = {
  SUBGRAPH_TIMEOUT: timeout.meta({
    description: 'How long a subgraph may take to answer',
  }),
  SUBGRAPH_TIMEOUTS: timeouts.meta({
    description: 'The same for single subgraphs, as comma-separated name=duration',
  }),
  SUBGRAPH_ERRORS: errorPolicies.meta({
    description:
      'What clients get of subgraphs’ errors: `pass` (all), `redact` (message, path and code) or `mask` (path alone); name=policy for single subgraphs, comma-separated',
  }),
  SUBGRAPH_HEADERS: headers.meta({
    description:
      'Rules for headers that subgraphs are sent beside the gateway’s own, as JSON: {"all": [{"propagate": {"named": "x-tenant"}}], "catalog": […]} (gateway/README.md)',
  }),
};

export interface SubgraphPolicy {
  timeoutMs: number;
  /** Those of single subgraphs, by name. */
  timeouts: ReadonlyMap<string, number>;
  errors: ErrorPolicies;
  /** What of clients' headers, and what else, subgraphs are sent. */
  headers: HeaderRules;
}

export function subgraphPolicy(values: z.output<z.ZodObject<typeof subgraphVariables>>): SubgraphPolicy {
  return {
    timeoutMs: values.SUBGRAPH_TIMEOUT,
    timeouts: values.SUBGRAPH_TIMEOUTS,
    errors: values.SUBGRAPH_ERRORS,
    headers: values.SUBGRAPH_HEADERS,
  };
}
