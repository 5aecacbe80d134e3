import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { post } from '../testing/gateway.ts';
import { serveFilms } from '../testing/served.ts';

const served = serveFilms();

describe('one graph over three subgraphs', () => {
  it('answers a query that needs all of them', async () => {
    const { status, body } = await post(
      served.gateway.url(),
      'query Browse($first: Int!) { titles(first: $first) { name progress files { catalogId peerCount } } }',
      { first: 2 },
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        titles: [
          { name: 'Title 0', progress: 0.5, files: [{ catalogId: 'f0', peerCount: 2 }] },
          { name: 'Title 1', progress: 0.5, files: [{ catalogId: 'f1', peerCount: 2 }] },
        ],
      },
    });
  });

  it('says which subgraph failed, and answers the rest', async () => {
    const { body } = await post(
      served.gateway.url(),
      '{ a: title(id: "13") { name files { peerCount } } b: title(id: "1") { name } }',
    );
    expect(body.errors).toEqual([
      {
        message: 'unlucky',
        path: ['a', 'files', 0],
        extensions: { code: 'UNLUCKY', serviceName: 'tracker' },
      },
    ]);
    expect(body.data).toEqual({ a: null, b: { name: 'Title 1' } });
  });

  it('runs mutations', async () => {
    const { body } = await post(
      served.gateway.url(),
      'mutation { rename(id: "7", name: "Seven") { name progress } }',
    );
    expect(body).toEqual({ data: { rename: { name: 'Seven', progress: 0.5 } } });
  });

  it('masks what a subgraph did not mean for clients', async () => {
    const { body } = await post(served.gateway.url(), '{ fail }');
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body.errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });

  it('lets GraphiQL read the schema', async () => {
    const { body } = await post(served.gateway.url(), getIntrospectionQuery({ inputValueDeprecation: true }));
    expect(body.errors).toBeUndefined();
    expect(printSchema(buildClientSchema(body.data))).toContain('availabilityChanged(ids: [ID!]!): Change!');
  });

  it('answers introspection', async () => {
    const { body } = await post(
      served.gateway.url(),
      '{ __type(name: "File") { fields { name } } __typename }',
    );
    expect(body).toEqual({
      data: {
        __type: {
          fields: [{ name: 'catalogId' }, { name: 'title' }, { name: 'size' }, { name: 'peerCount' }],
        },
        __typename: 'Query',
      },
    });
  });
});
