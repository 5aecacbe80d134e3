import { createServer, type Server } from 'node:http';

const PATH = '/.well-known/acme-challenge/';
/** The characters of a token (RFC 8555, section 8.1). */
const TOKEN = /^[\w-]{1,200}$/;

/** Answers an authority that looks whether a name leads here (HTTP-01), and leads everyone else to HTTPS. */
export interface Challenges {
  start(): Promise<void>;
  stop(): Promise<void>;
  put(token: string, keyAuthorization: string): void;
  remove(token: string): void;
}

export function createChallenges(options: { port: number; location: string }): Challenges {
  const answers = new Map<string, string>();
  let server: Server | undefined;
  return {
    start() {
      const listening = createServer(
        { requestTimeout: 10_000, headersTimeout: 10_000 },
        (request, response) => {
          const path = request.url?.split('?')[0] ?? '/';
          const token = path.startsWith(PATH) ? path.slice(PATH.length) : null;
          if (token === null) {
            response.writeHead(308, { location: `${options.location}${request.url ?? '/'}` }).end();
            return;
          }
          const answer = TOKEN.test(token) ? answers.get(token) : undefined;
          response.writeHead(answer ? 200 : 404, { 'content-type': 'text/plain' }).end(answer ?? '');
        },
      );
      server = listening;
      return new Promise((resolve, reject) => {
        listening.once('error', reject).listen({ port: options.port, exclusive: true }, () => resolve());
      });
    },
    async stop() {
      server?.closeAllConnections();
      server?.close();
    },
    put: (token, keyAuthorization) => void answers.set(token, keyAuthorization),
    remove: (token) => void answers.delete(token),
  };
}
