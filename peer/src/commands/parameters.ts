import { getHashes } from 'node:crypto';
import { z } from 'zod';
import { MAX_SCREENSHOTS } from '../screenshots/screenshots.ts';

const known = new Set(getHashes());

const schemas = {
  file_hash: z.object({
    algorithms: z
      .array(z.string().refine((name) => known.has(name), { error: 'is not a hash this peer has' }))
      .max(8)
      .optional(),
  }),
  screenshot_capture: z.object({ quantity: z.int().min(1).max(MAX_SCREENSHOTS).default(1) }),
};

/** @throws Error naming what is wrong with a command's parameters. */
export function parseParameters<T extends keyof typeof schemas>(
  type: T,
  parameters: unknown,
): z.output<(typeof schemas)[T]> {
  const result = schemas[type].safeParse(parameters ?? {});
  if (result.success) return result.data as z.output<(typeof schemas)[T]>;
  const [issue] = result.error.issues;
  throw new Error(`parameters.${issue?.path.join('.')}: ${issue?.message}`);
}
