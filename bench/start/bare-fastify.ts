/** What `npm start` is compared with: the least server one would write on the same HTTP framework. */
import Fastify from 'fastify';

const app = Fastify();
app.get('/', async () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: 0 });
console.log('is up');
