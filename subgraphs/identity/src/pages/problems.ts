import type { FastifyReply, FastifyServerOptions } from 'fastify';
import type { SignIn } from '../sign-in/sign-in.ts';
import { html, inWords, type Problem, page } from './html.ts';

export const FOREIGN_FORM: Problem = {
  status: 403,
  text: 'This page was open for long, or cookies are off. Try once more.',
};

/** Too many were wrong, or failed: `what` says of what. */
export function locked(what: string, retryMs: number): Problem {
  return {
    status: 429,
    text: `${what} Try again ${inWords(retryMs)}.`,
    retrySeconds: Math.ceil(retryMs / 1_000),
  };
}

/** Why a present password was not taken; null where it is right. */
export function presentProblem(checked: Awaited<ReturnType<SignIn['presentPassword']>>): Problem | null {
  if (checked.outcome === 'locked') return locked('Too many passwords were wrong.', checked.retryMs);
  if (checked.outcome === 'wrong')
    return { status: 403, text: 'The present password is wrong. Nothing was changed.' };
  return null;
}

export function expiredPage(): string {
  return page({
    title: 'This page is old',
    body: html`<p>Signing in took too long, was finished before, or began in another browser. Go back to where you came from, and start again.</p>`,
  });
}

/** Longest secret in a path that reaches a route, in characters: Node.js takes no longer request line. */
const MAX_PARAM_LENGTH = 16_384;

/** What the pages need of the server: any text may be in a link, and is at worst not found. */
export function pageServerOptions(headers: Readonly<Record<string, string>>): FastifyServerOptions {
  return {
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      const body = html`<p>This address cannot be read. Check that the link is whole.</p>`;
      reply
        .code(404)
        .headers(headers)
        .send(page({ title: 'Not found', body }));
    },
  };
}
