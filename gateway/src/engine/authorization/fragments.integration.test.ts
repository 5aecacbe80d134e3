import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { corpusSubgraph } from '../../../testing/corpus/supergraph.ts';
import { viewer } from '../../../testing/identities.ts';

const ada = { __typename: 'User', id: '1', name: 'Ada', email: 'ada@example.org', salary: 9 };

const staff = corpusSubgraph(
  'staff',
  `
  type Query { user: User }
  interface Paid { name: String email: String salary: Int }
  type User implements Paid @key(fields: "email") {
    id: ID!
    name: String
    email: String @requiresScopes(scopes: [["read:email"]])
    salary: Int @requiresScopes(scopes: [["read:salary"]])
  }`,
  { Query: { user: () => ada }, User: { __resolveReference: () => ada } },
);
const reviews = corpusSubgraph(
  'reviews',
  `
  type User @key(fields: "email") { email: String @requiresScopes(scopes: [["read:email"]]) reviews: [Review!]! }
  type Review { text: String }`,
  { User: { __resolveReference: (given: object) => given, reviews: () => [{ text: 'good' }] } },
);

/** What is written around a field of an interface. Nothing of it decides who may see the field. */
const FRAGMENTS = [
  '... on Paid',
  '... on Paid @include(if: true)',
  '... on Paid @include(if: $yes)',
  '... on Paid @skip(if: $no)',
  '... on Paid @defer',
  '... on Paid @defer(if: $yes)',
  '... @include(if: $yes) { ... on Paid',
  '... on User { ... on Paid @defer',
];
const FIELDS = [
  ['email', 'reviews { text }'],
  ['salary', 'name'],
  ['salary', 'reviews { text }'],
] as const;
const CASES = FRAGMENTS.flatMap((fragment) =>
  FIELDS.map(([field, beside]) => {
    const closing = '}'.repeat(fragment.split('{').length);
    const query = `query($yes: Boolean = true, $no: Boolean = false) { used: __typename @include(if: $yes) unused: __typename @skip(if: $no) user { ${beside} ${fragment} { ${field} ${closing} } }`;
    return { query, field };
  }),
);

const denied = (field: string) => ({
  message: 'Unauthorized field or type',
  path: ['user', field],
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
});

let filtering: Answering;
let rejecting: Answering;
beforeAll(async () => {
  filtering = await answering({ subgraphs: [staff, reviews] });
  rejecting = await answering({ subgraphs: [staff, reviews] }, { onUnauthorized: 'reject' });
});

describe('a field selected through an interface is as restricted as on the object', () => {
  it.each(CASES)('answered at once: $query', async ({ query, field }) => {
    const answer = (await filtering.answer({ query }, 'lean', viewer())) as {
      data: { user: Record<string, unknown> };
      errors: unknown;
    };
    expect(answer.errors).toEqual([denied(field)]);
    const { [field]: withheld, ...others } = answer.data.user;
    expect(withheld).toBeNull();
    expect(others).toEqual(query.includes('reviews') ? { reviews: [{ text: 'good' }] } : { name: 'Ada' });
  });

  it.each(CASES.filter(({ query }) => query.includes('@defer')))(
    'answered in parts: $query',
    async ({ query, field }) => {
      filtering.asked();
      const { first, next } = await filtering.answerInParts({ query }, viewer());
      const text = JSON.stringify({ first, next });
      expect(text).not.toContain('ada@example.org');
      expect(text).not.toContain('"salary":9');
      const errors = [
        ...(first.result.errors ?? []),
        ...next.flatMap(({ parts }) => parts.flatMap((part) => part.errors)),
      ];
      expect(errors).toEqual([denied(field)]);
      if (field === 'salary')
        expect(
          filtering
            .asked()
            .map(({ query }) => query)
            .join(),
        ).not.toContain('salary');
    },
  );

  it.each(CASES)('refused as a whole: $query', async ({ query, field }) => {
    rejecting.asked();
    expect(await rejecting.answer({ query }, 'lean', viewer())).toEqual({ errors: [denied(field)] });
    expect(rejecting.asked()).toEqual([]);
  });

  it.each(CASES)('for whoever may see it, answered: $query', async ({ query, field }) => {
    expect(await rejecting.answer({ query }, 'lean', viewer('read:email', 'read:salary'))).toMatchObject({
      data: { user: { [field]: ada[field] } },
    });
  });
});
