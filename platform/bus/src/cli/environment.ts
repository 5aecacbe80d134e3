import { parseEnvironment, type RawEnvironment } from '@giggityflix/kernel';
import { z } from 'zod';
import { type BusConfig, busConfig, busVariables } from '../config.ts';
import { resolveTopics, type Topics, topicVariables } from '../topics/index.ts';

export interface CommandEnvironment {
  bus: BusConfig;
  topics: Topics;
  /** A shell command that a file's name is appended to. */
  editor: string;
}

/** @throws EnvironmentError */
export function readEnvironment(env: RawEnvironment = process.env): CommandEnvironment {
  const variables = parseEnvironment(z.object({ ...busVariables, ...topicVariables }), env);
  const bus = busConfig(variables as z.output<z.ZodObject<typeof busVariables>>);
  return { bus, topics: resolveTopics(env), editor: env.VISUAL || env.EDITOR || 'vi' };
}
