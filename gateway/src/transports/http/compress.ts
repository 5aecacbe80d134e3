import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';

/** Below this, in characters, a packet is not filled anyway and compression only costs. */
const MIN_LENGTH = 1_400;
const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/**
 * Sends a text, compressed when the client takes that and it is long enough to be worth it. Not @fastify/compress, which
 * takes as much processor time for an answer of 3 kB, and 1.6 MiB of memory.
 */
export async function compress(
  reply: FastifyReply,
  acceptEncoding: string | string[] | undefined,
  text: string,
): Promise<FastifyReply> {
  if (text.length < MIN_LENGTH || typeof acceptEncoding !== 'string') return reply.send(text);
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? 'accept-encoding' : `${vary}, accept-encoding`);
  if (takes(acceptEncoding, 'br')) {
    reply.header('content-encoding', 'br');
    const params = { [constants.BROTLI_PARAM_QUALITY]: 3 };
    return reply.send(await brotliAsync(text, { params }));
  }
  if (takes(acceptEncoding, 'gzip')) {
    reply.header('content-encoding', 'gzip');
    return reply.send(await gzipAsync(text, { level: 4 }));
  }
  return reply.send(text);
}

/** A weight of 0 is a refusal (RFC 9110, 12.4.2). */
function takes(acceptEncoding: string, coding: string): boolean {
  return acceptEncoding.split(',').some((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
