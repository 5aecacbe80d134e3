import { GraphQLError } from 'graphql';
import { type CorpusSupergraph, corpusSubgraph } from './supergraph.ts';

interface Item {
  __typename: string;
  id: string;
}
const items: Item[] = [
  { __typename: 'Film', id: 'f1' },
  { __typename: 'Song', id: 's1' },
  { __typename: 'Film', id: 'f2' },
  { __typename: 'Game', id: 'g1' },
];
const full = (item: Item) => ({
  ...item,
  title: `${item.__typename} ${item.id}`,
  minutes: item.id === 'f2' ? 0 : 90,
  beats: 0,
  levels: item.id === 'g1' ? null : 0,
  cast: [
    { __typename: 'Person', id: 'p1', name: 'Ann' },
    { __typename: 'Robot', id: 'r1', model: '' },
  ],
  sequel: item.id === 'f1' ? items[2] : null,
});
const byId = (id: string) => items.find((item) => item.id === id)!;

const library = corpusSubgraph(
  'library',
  `
  type Query { shelf: [Media!]! media(id: ID!): Media anything: [Thing] films: [Film!]! }
  interface Media @key(fields: "id") { id: ID! title: String! }
  type Film implements Media @key(fields: "id") { id: ID! title: String! minutes: Int cast: [Actor!]! sequel: Film }
  type Song implements Media @key(fields: "id") { id: ID! title: String! beats: Int }
  type Game implements Media @key(fields: "id") { id: ID! title: String! levels: Int! }
  union Thing = Film | Song | Game | Person
  union Actor = Person | Robot
  type Person @key(fields: "id") { id: ID! name: String! }
  type Robot { model: String! }
`,
  {
    Query: {
      shelf: () => items.filter((item) => item.id !== 'g1').map(full),
      media: (_: unknown, { id }: { id: string }) => (byId(id) ? full(byId(id)) : null),
      anything: () => [...items.map(full), { __typename: 'Person', id: 'p1', name: 'Ann' }, null],
      films: () => items.filter((item) => item.__typename === 'Film').map(full),
    },
    Media: { __resolveReference: ({ id }: Item) => full(byId(id)) },
    Film: {
      __resolveReference: ({ id }: Item) => full(byId(id)),
      sequel: (film: { sequel: Item | null }) => film.sequel && full(film.sequel),
    },
    Song: { __resolveReference: ({ id }: Item) => full(byId(id)) },
    Game: { __resolveReference: ({ id }: Item) => full(byId(id)) },
    Person: { __resolveReference: ({ id }: Item) => ({ id, name: 'Ann' }) },
  },
);

const ratings = corpusSubgraph(
  'ratings',
  `
  type Query { topRated: [Media!]! }
  type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int! comments: [Comment!] }
  type Comment { id: ID! text: String by: Person about: Media! }
  type Person @key(fields: "id") { id: ID! karma: Int }
`,
  {
    Query: { topRated: () => [{ id: 'f2' }, { id: 's1' }] },
    Media: {
      __resolveReference: ({ id }: Item) => ({ id }),
      stars: ({ id }: Item) => (id === 'f1' ? 0 : 4),
      comments: ({ id }: Item) => {
        if (id === 's1') throw new GraphQLError('no comments', { extensions: { code: 'CLOSED' } });
        return [{ id: `c${id}`, text: null, by: { id: 'p1' }, about: { id } }];
      },
    },
    Person: { __resolveReference: ({ id }: Item) => ({ id }), karma: () => 0 },
  },
);

const extras = corpusSubgraph(
  'extras',
  `
  type Film @key(fields: "id") { id: ID! title: String! @external slogan: String! @requires(fields: "title") trailer: Clip }
  type Song @key(fields: "id") { id: ID! lyrics: [String] }
  interface Clip { url: String! }
  type Short implements Clip { url: String! seconds: Int! }
  type Long implements Clip { url: String! parts: [Short!]! }
`,
  {
    Film: {
      __resolveReference: (film: object) => film,
      slogan: ({ title }: { title: string }) => `${title}!`,
      trailer: ({ id }: Item) =>
        id === 'f1'
          ? { __typename: 'Short', url: '/1', seconds: 0 }
          : { __typename: 'Long', url: '/2', parts: [{ url: '', seconds: 5 }] },
    },
    Song: { __resolveReference: (song: object) => song, lyrics: () => ['la', null, ''] },
  },
);

export const media: CorpusSupergraph = {
  name: 'media',
  subgraphs: [library, ratings, extras],
  operations: [
    { query: '{ shelf { id title stars } }' },
    {
      query:
        '{ shelf { title ... on Film { minutes slogan trailer { url ... on Short { seconds } } } ... on Song { lyrics } } }',
    },
    { query: '{ topRated { title stars ... on Film { minutes sequel { title } } } }' },
    { query: '{ topRated { __typename id } }' },
    { query: '{ anything { __typename ... on Media { title stars } ... on Person { name karma } } }' },
    { query: '{ shelf { comments { text by { name karma } about { title stars } } } }' },
    { query: '{ media(id: "g1") { title ... on Game { levels } } }' },
    { query: '{ films { cast { ... on Person { name karma } ... on Robot { model } } sequel { slogan } } }' },
    { query: '{ films { trailer { ... on Long { parts { seconds } } kind: __typename } } }' },
    {
      query:
        '{ shelf { ...M } films { ...M ...F } } fragment M on Media { title stars } fragment F on Film { stars slogan }',
    },
    {
      query:
        'query($s: Boolean!) { shelf { ... on Film @include(if: $s) { minutes } ... @skip(if: $s) { stars } title } }',
      variables: { s: true },
    },
    {
      query:
        'query($s: Boolean!) { shelf { ... on Film @include(if: $s) { minutes } ... @skip(if: $s) { stars } title } }',
      variables: { s: false },
    },
    { query: '{ media(id: "none") { title stars } }' },
  ],
};
