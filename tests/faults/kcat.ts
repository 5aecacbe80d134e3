import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { findProgram } from '@giggityflix/kernel/programs';
import { z } from 'zod';

/** What kcat prints of a record with -J. */
const printed = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  headers: z.array(z.string()).optional(),
  key: z.string().nullish(),
  payload: z.string().nullish(),
});
const metadata = z.object({
  brokers: z.array(z.object({ id: z.int(), name: z.string() })),
  topics: z.array(
    z.object({
      topic: z.string(),
      partitions: z.array(z.object({ partition: z.int(), leader: z.int() })),
    }),
  ),
});

export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | null;
  readonly payload: string;
}

/** After that a broker is taken for one that does not answer. */
const TIMEOUT_MS = 60_000;

/** Kafka seen by a client that is none of the platform's. */
export function createKcat(bootstrapServers: string) {
  const program = findProgram('kcat');
  if (!program) throw new Error('kcat is not installed: npm run setup:system');
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const child = spawn(program, ['-b', bootstrapServers, '-q', ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: TIMEOUT_MS,
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const output = await text(child.stdout);
    if ((await ended) !== 0) throw new Error(`kcat ${args.join(' ')} failed`);
    return output;
  };
  const lines = (output: string) =>
    output
      .split('\n')
      .filter(Boolean)
      .map((line) => toRecord(printed.parse(JSON.parse(line))));
  return {
    async metadata() {
      return metadata.parse(JSON.parse(await run(['-L', '-J'])));
    },
    /** Every record of a topic, or the last ones of each partition. */
    async read(topic: string, last?: number): Promise<KafkaRecord[]> {
      return lines(
        await run(['-C', '-e', '-J', '-t', topic, '-o', last === undefined ? 'beginning' : `-${last}`]),
      );
    },
    /** Publishes a record once more, where it was. */
    async repeat({ topic, partition, key, headers, payload }: KafkaRecord): Promise<void> {
      const header = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
      const keyed = key === null ? [] : ['-k', key];
      await run(
        ['-P', '-t', topic, '-p', String(partition), ...keyed, ...header, '-X', 'acks=all', '-D', '\u0001'],
        payload,
      );
    },
  };
}

export type Kcat = ReturnType<typeof createKcat>;

function toRecord({ headers = [], key, payload, ...rest }: z.infer<typeof printed>): KafkaRecord {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2)
    pairs.push([headers[index] as string, headers[index + 1] as string]);
  return { ...rest, headers: Object.fromEntries(pairs), key: key ?? null, payload: payload ?? '' };
}
