import { z } from 'zod';
import type { Topic } from '../src/topics/topic.ts';

const value = z.object({ n: z.int(), hang: z.boolean().optional() });

/** A topic of the suite's own: numbered values. */
export function complianceTopic(name: string): Topic<z.infer<typeof value>> {
  return { name, schema: value, type: 'compliance' };
}
