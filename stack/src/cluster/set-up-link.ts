import { readFileSync } from 'node:fs';

/**
 * The newest link by which the first one becomes the owner, written to their logs by processes of identity that started since
 * then while there was no account; null where none was.
 */
export function setUpLink(logPaths: readonly string[], since: number): string | null {
  const found = logPaths
    .flatMap(linksIn)
    .filter(({ time }) => time >= since)
    .sort((a, b) => a.time - b.time);
  return found.at(-1)?.link ?? null;
}

function linksIn(path: string): { time: number; link: string }[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [link] = /http:\/\/[^/"\s]+\/invitation\/[\w-]+/.exec(line) ?? [];
      return link ? [{ time: timeOf(line), link }] : [];
    });
}

function timeOf(line: string): number {
  const [, text] = /"time":"?([^",}]+)/.exec(line) ?? [];
  return text === undefined ? 0 : Number(new Date(/^\d+$/.test(text) ? Number(text) : text));
}
