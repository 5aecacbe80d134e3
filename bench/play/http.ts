import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = `<!doctype html><meta charset="utf-8"><title>film</title>
<button data-action="play">Play</button>
<script>
  document.querySelector('button').onclick = () => {
    const video = document.createElement('video');
    video.muted = true;
    video.src = 'film.mp4';
    document.body.append(video);
    void video.play();
  };
</script>`;

/** A page with a video element, and the file by HTTP ranges, as any web server gives it. */
export async function serveFilm(path: string, sizeBytes: number) {
  const server = createServer((request, response) => {
    if (request.url !== '/film.mp4') {
      response.setHeader('content-type', 'text/html').end(request.url === '/' ? PAGE : '');
      return;
    }
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from);
    const end = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
    response.writeHead(206, {
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${sizeBytes}`,
    });
    const file = createReadStream(path, { start, end });
    file.pipe(response);
    response.on('close', () => file.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
