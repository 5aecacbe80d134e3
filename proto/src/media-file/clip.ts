import { z } from 'zod';
import { mediaDescription, type UncheckedDescription } from './schema.ts';

/**
 * A description within the limits of its schema: longer texts and lists are cut, greater and smaller numbers become the
 * nearest that is allowed. Only odd files come near the limits, and they are to be shared all the same.
 */
export function clipDescription<T extends UncheckedDescription>(description: T): T {
  return clip(mediaDescription, description) as T;
}

function clip(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodNullable) return value === null ? null : clip(schema.unwrap(), value);
  if (schema instanceof z.ZodOptional) return value === undefined ? undefined : clip(schema.unwrap(), value);
  if (schema instanceof z.ZodString) return (value as string).slice(0, schema.maxLength ?? undefined);
  if (schema instanceof z.ZodNumber) {
    const { minValue, maxValue } = schema;
    return Math.min(Math.max(value as number, minValue ?? -Infinity), maxValue ?? Infinity);
  }
  if (schema instanceof z.ZodArray) {
    return (value as unknown[]).slice(0, maxLengthOf(schema)).map((element) => clip(schema.element, element));
  }
  if (schema instanceof z.ZodObject)
    return Object.fromEntries(
      Object.entries(schema.shape).map(([key, field]) => [
        key,
        clip(field, (value as Record<string, unknown>)[key]),
      ]),
    );
  return value;
}

/** Unlike texts, lists do not say their limit themselves. */
function maxLengthOf(list: z.ZodArray): number | undefined {
  const limit = list._zod.def.checks?.find((check) => check instanceof z.core.$ZodCheckMaxLength);
  return limit?._zod.def.maximum;
}
