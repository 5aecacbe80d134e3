import type { FastifyInstance } from 'fastify';

/**
 * Notes the routes that are added from now on, and says which methods a path takes, for the `Allow` header: null for a
 * path without a route. Routes for every path, such as those of static files, do not count.
 */
export function watchRoutes(app: FastifyInstance): (path: string) => string | null {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*' || url === '/*') return;
    const pattern = new RegExp(
      `^${url
        .split('/')
        .map((part) => {
          if (part === '*') return '.*';
          return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        })
        .join('/')}$`,
    );
    routes.push({ pattern, methods: [method].flat() });
  });
  return (path) => {
    const methods = routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : []));
    return methods.length === 0 ? null : [...new Set(methods)].join(', ');
  };
}
