import { Pool } from 'undici';

const CONNECTIONS = 32;

export interface Answer {
  status: number;
  body: string;
}

/** HTTP to the platform's services; every answer is read to its end. */
export interface Client {
  send(
    port: number,
    path: string,
    options?: { method?: 'GET' | 'POST' | 'DELETE'; body?: unknown },
  ): Promise<Answer>;
  /** An operation through the gateway; its `data`. */
  graphql<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

export function createClient(gatewayPort: number): Client {
  const pools = new Map<number, Pool>();
  const poolOf = (port: number) => {
    const known = pools.get(port);
    if (known) return known;
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
    pools.set(port, pool);
    return pool;
  };
  const client: Client = {
    async send(port, path, { method = 'GET', body } = {}) {
      const response = await poolOf(port).request({
        path,
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { status: response.statusCode, body: await response.body.text() };
    },
    async graphql<T>(query: string, variables?: Record<string, unknown>) {
      const body = { query, variables };
      const answer = await client.send(gatewayPort, '/graphql', { method: 'POST', body });
      const { data, errors } = JSON.parse(answer.body) as { data?: T; errors?: unknown };
      if (errors || !data) throw new Error(`${query}\nwas answered ${answer.status} ${answer.body}`);
      return data;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
  return client;
}
