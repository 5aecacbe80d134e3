import { readFileSync } from 'node:fs';
import { z } from 'zod';

const plan = z.strictObject({
  /** The service that asks has its own default where this is not set. */
  max_concurrent_streams: z.int().min(0).max(1_000).optional(),
  /** ISO 3166-1 codes; everywhere when not set. */
  regions: z.array(z.string().regex(/^[A-Z]{2}$/)).optional(),
});
const plansFile = z.record(z.string(), plan);

export type Plans = z.output<typeof plansFile>;

/** @throws Error that says what is wrong with the file. */
export function readPlans(path: string): Plans {
  const parsed = plansFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
