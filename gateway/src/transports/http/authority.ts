import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HttpProblem } from '@giggityflix/http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { RETRY_SOON } from '../retry-after.ts';
import { AUTHORITY_STYLE, authorityPage } from './authority-page.ts';

/** Over plain HTTP, too: a device that does not trust the certificate yet comes for what makes it so. */
const OPEN = { config: { plainHttp: true } };
const POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Hands out the certificate of an own authority at `/authority.crt`, with instructions for each device at `/authority`. */
export function registerAuthority(app: FastifyInstance, path: string | null): void {
  if (path === null) return;
  const read = async () => {
    try {
      return new X509Certificate(await readFile(path));
    } catch {
      throw new HttpProblem(503, 'Service Unavailable', {
        detail: 'the certificate of the authority cannot be read right now; try again',
        headers: { 'retry-after': RETRY_SOON },
      });
    }
  };
  const send = (reply: FastifyReply, type: string, body: string) =>
    reply
      .type(type)
      .header('content-security-policy', POLICY)
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-cache')
      .send(body);

  // The type by which phones offer to install it.
  app.get('/authority.crt', OPEN, async (_request, reply) =>
    send(reply, 'application/x-x509-ca-cert', (await read()).toString()).header(
      'content-disposition',
      'attachment; filename="giggityflix.crt"',
    ),
  );
  app.get('/authority.css', OPEN, async (_request, reply) =>
    send(reply, 'text/css; charset=utf-8', AUTHORITY_STYLE),
  );
  app.get('/authority', OPEN, async (request, reply) => {
    const { subject, fingerprint256, validTo } = await read();
    return send(
      reply,
      'text/html; charset=utf-8',
      authorityPage({
        name: subject.replace(/^CN=/, ''),
        fingerprint: fingerprint256,
        until: new Date(validTo).toISOString().slice(0, 10),
        home: `https://${request.headers.host ?? ''}/`,
      }),
    );
  });
}
