import fc from 'fast-check';
import { startFilms } from '../../gateway/testing/films.ts';
import { startGateway, testConfig } from '../../gateway/testing/gateway.ts';
import { expectThat, type FuzzTarget, texts } from './target.ts';

const SAMPLES = [
  'query Films($n: Int! = 1) @skip(if: false) { titles(first: $n) { ...T files { size title { name } } } } fragment T on Title { id name }',
  'mutation { rename(id: "1", name: """block "quoted" text""") { id } }',
  'subscription { availabilityChanged(ids: ["a"]) { peerCount } }',
  '{ __schema { types { name fields { name type { ofType { name } } } } } __typename }',
  '{ a: titles(first: -1) { name } b: title(id: null) { ... on Title @include(if: true) { name } } }',
  'fragment A on Title { ...A } { titles(first: 1) { ...A } }',
];

/** A document with variables: data, or errors of which each has its code; never a failure of the gateway. */
export default async function graphql(): Promise<FuzzTarget<{ query: string; variables: unknown }>> {
  const films = await startFilms();
  const gateway = await startGateway(testConfig(films.addresses));
  const url = `${gateway.url()}/graphql`;
  return {
    inputs: fc.record({ query: texts(SAMPLES), variables: fc.jsonValue({ maxDepth: 3 }) }),
    async run(input) {
      const abort = new AbortController();
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(input),
        signal: abort.signal,
      });
      expectThat(response.status < 500, `the gateway answers ${response.status}`);
      if (!/json/.test(response.headers.get('content-type') ?? '')) {
        // A subscription would go on.
        abort.abort();
        return;
      }
      const { errors = [] } = (await response.json()) as { errors?: { extensions?: { code?: string } }[] };
      for (const { extensions } of errors) {
        expectThat(typeof extensions?.code === 'string', 'an error has no code');
        expectThat(extensions?.code !== 'INTERNAL_SERVER_ERROR', 'the gateway failed');
      }
    },
    async stop() {
      await gateway.stop();
      await films.stop();
    },
  };
}
