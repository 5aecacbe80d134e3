import type { FastifyReply, FastifyServerOptions } from 'fastify';
import { html, type Problem, page } from './html.ts';

export const FOREIGN_FORM: Problem = {
  status: 403,
  text: 'This page was open for long, or cookies are off. Try once more.',
};

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
