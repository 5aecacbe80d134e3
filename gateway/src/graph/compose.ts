import { type GraphQLError, parse, Source } from 'graphql';

/** A subgraph's schema, and what to call its source in messages: a file name or a URL. */
export interface SubgraphSource {
  name: string;
  url: string;
  sdl: string;
  origin: string;
}

/** `problems` name the source and the line, one problem each. */
export type Composition = { ok: true; sdl: string } | { ok: false; problems: readonly string[] };

/** Composes subgraph schemas into one supergraph. The same sources in any order give the same SDL. */
export async function compose(sources: readonly SubgraphSource[]): Promise<Composition> {
  const { composeServices } = await import('@apollo/composition');
  const origins = new Map(sources.map((source) => [source.name, source.origin]));
  const problems: string[] = [];
  const services = [];
  for (const { name, url, sdl, origin } of [...sources].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    try {
      services.push({ name, url, typeDefs: parse(new Source(sdl, origin)) });
    } catch (error) {
      problems.push(describe(error as GraphQLError, origins));
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const result = composeServices(services);
  if (result.supergraphSdl !== undefined) return { ok: true, sdl: result.supergraphSdl };
  return { ok: false, problems: (result.errors ?? []).map((error) => describe(error, origins)) };
}

interface SubgraphNode {
  subgraph?: string;
  loc?: { startToken?: { line: number }; source?: { name: string } };
}

function describe(error: GraphQLError, origins: ReadonlyMap<string, string>): string {
  const places = new Set<string>();
  for (const node of (error.nodes ?? []) as readonly SubgraphNode[]) {
    const origin = (node.subgraph && origins.get(node.subgraph)) ?? node.loc?.source?.name;
    const line = node.loc?.startToken?.line;
    if (origin) places.add(line === undefined ? origin : `${origin}:${line}`);
  }
  if (places.size === 0 && error.source && error.locations?.[0])
    places.add(`${error.source.name}:${error.locations[0].line}`);
  return places.size > 0 ? `${[...places].join(', ')}: ${error.message}` : error.message;
}
