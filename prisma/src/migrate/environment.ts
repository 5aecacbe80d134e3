import {
  type LogLevel,
  logVariables,
  parseEnvironment,
  type RawEnvironment,
  secret,
} from '@giggityflix/kernel';
import { z } from 'zod';

/** Every variable of the command. */
export const variables = {
  DATABASE_URL: secret(
    z
      .string()
      .regex(/^(file:.|postgres(ql)?:\/\/)/, 'expected file:PATH or postgresql://…')
      .meta({ description: 'Database to bring to the newest schema: as that of the service it is of' }),
  ),
  ...logVariables,
};

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(env: RawEnvironment = process.env): { url: string; logLevel: LogLevel } {
  const values = parseEnvironment(z.object(variables), env);
  return { url: values.DATABASE_URL, logLevel: values.LOG_LEVEL };
}
