import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { registerSignIn } from './sign-in.ts';

const SIGN_IN = { issuer: 'https://id.test', clientId: 'page', scope: 'openid', resource: null };

it.each([
  [true, { ...SIGN_IN, people: true }],
  [false, SIGN_IN],
])('says whether people are in the graph: %s', async (knows, signIn) => {
  const app = Fastify();
  registerSignIn(app, { ...SIGN_IN, origins: [] }, () => knows);
  expect((await app.inject('/sign-in.json')).json()).toEqual({ signIn });
});

it('says nothing where nobody signs in', async () => {
  const app = Fastify();
  registerSignIn(app, null, () => true);
  expect((await app.inject('/sign-in.json')).json()).toEqual({ signIn: null });
});
