import { readFile } from 'node:fs/promises';
import { serviceTokenHeader } from '@giggityflix/http';
import { compose, type SubgraphSource } from './compose.ts';
import { type Contract, contractOf } from './contract.ts';
import type { SubgraphAddress } from './graph.ts';

/** Where supergraph SDL comes from. */
export interface SupergraphOrigin {
  /**
   * Reads the supergraph as it is now.
   * @throws OriginError when it cannot be had or does not compose; what was served before keeps serving.
   */
  read(): Promise<string>;
}

/** `problems` say what is wrong, one each, naming files and lines where there are any. */
export class OriginError extends Error {
  override readonly name = 'OriginError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** A file written by `npm run compose`. */
export function fileOrigin(path: string): SupergraphOrigin {
  return {
    async read() {
      const sdl = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new OriginError([`${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`]);
      });
      if (!sdl.includes('join__Graph')) throw new OriginError([`${path}:1: this is not a supergraph schema`]);
      return sdl;
    },
  };
}

/** What a contract leaves of another origin's supergraph. */
export function contractOrigin(origin: SupergraphOrigin, contract: Contract): SupergraphOrigin {
  if (contract.include.length === 0 && contract.exclude.length === 0) return origin;
  let known: { whole: string; sdl: string } | undefined;
  return {
    async read() {
      const whole = await origin.read();
      if (known?.whole !== whole) known = { whole, sdl: contractOf(whole, contract) };
      return known.sdl;
    },
  };
}

/** How long a subgraph may take to send its schema, in milliseconds. */
const SDL_TIMEOUT_MS = 3_000;

/** Running subgraphs, asked for their schemas (`_service { sdl }`) and composed. */
export function subgraphsOrigin(
  subgraphs: readonly SubgraphAddress[],
  serviceToken: string | null,
): SupergraphOrigin {
  const credential = serviceTokenHeader(serviceToken);
  let composed: { key: string; sdl: string } | undefined;
  return {
    async read() {
      const answers = await Promise.allSettled(
        subgraphs.map((subgraph) => fetchSource(subgraph, credential)),
      );
      const problems = answers.flatMap((answer) =>
        answer.status === 'rejected' ? [(answer.reason as Error).message] : [],
      );
      if (problems.length > 0) throw new OriginError(problems);
      const sources = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      const key = JSON.stringify(sources);
      if (composed?.key === key) return composed.sdl;
      const composition = await compose(sources);
      if (!composition.ok) throw new OriginError(composition.problems);
      composed = { key, sdl: composition.sdl };
      return composition.sdl;
    },
  };
}

async function fetchSource(
  { name, url }: SubgraphAddress,
  credential: Record<string, string>,
): Promise<SubgraphSource> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...credential },
      body: '{"query":"query SubgraphSchema{_service{sdl}}","operationName":"SubgraphSchema"}',
      signal: AbortSignal.timeout(SDL_TIMEOUT_MS),
    });
    const body = (await response.json()) as { data?: { _service?: { sdl?: unknown } } };
    const sdl = body.data?._service?.sdl;
    if (typeof sdl !== 'string') throw new Error(`it answered ${response.status} without a schema`);
    return { name, url, sdl, origin: url };
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    throw new Error(
      `the ${name} subgraph at ${url} does not send its schema: ${cause ?? (error as Error).message}`,
    );
  }
}
