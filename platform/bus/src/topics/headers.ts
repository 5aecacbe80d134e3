import { z } from 'zod';

/**
 * Headers of every record that a service of the platform writes: CloudEvents 1.0 attributes in Kafka's binary content
 * mode, and the W3C trace context. Consumers read records without them as well.
 */
export const recordHeaders = z.object({
  ce_specversion: z.literal('1.0').meta({ description: 'Version of CloudEvents' }),
  ce_id: z.string().min(1).meta({ description: 'Differs from that of every other record: a UUIDv7' }),
  ce_type: z.string().min(1).meta({ description: 'Names the schema, whatever the topic was renamed to' }),
  ce_source: z.string().min(1).meta({ description: 'The process that published the record' }),
  ce_time: z.iso.datetime().meta({ description: 'When it was published, RFC 3339 in UTC' }),
  'content-type': z.literal('application/json'),
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .meta({ description: 'W3C trace context, version 00' }),
});

/** What a dead letter has beside the headers of its record, under the names of Kafka Connect's dead-letter queues. */
export const deadLetterHeaders = z.object({
  '__connect.errors.topic': z.string().meta({ description: 'Topic the record came from' }),
  '__connect.errors.partition': z.string().meta({ description: 'Its partition there' }),
  '__connect.errors.offset': z.string().meta({ description: 'Its offset there' }),
  '__connect.errors.exception.message': z.string().meta({ description: 'Why it could not be processed' }),
  '__connect.errors.attempts': z.string().meta({
    description: 'How often a handler was called; 0 for a value that fails the schema',
  }),
  '__connect.errors.consumer.group': z.string().meta({ description: 'Consumer group that gave it up' }),
});
