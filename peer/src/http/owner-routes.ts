import { HttpProblem, type HttpServer, isLoopbackAddress } from '@giggityflix/http';
import { z } from 'zod';
import { type Owner, OwnerError } from '../owner/owner.ts';

const path = z.string().min(1).max(4_096);
const bodies = {
  folder: z.object({ path }),
  bandwidth: z.object({
    limitKbps: z.int().min(0).max(100_000_000),
    hours: z
      .array(
        z.object({
          from: z.int().min(0).max(23),
          until: z.int().min(0).max(24),
          limitKbps: z.int().min(0).max(100_000_000),
        }),
      )
      .max(24)
      .default([]),
  }),
  pause: z.object({ paused: z.boolean() }),
  deletion: z.object({ rule: z.enum(['refuse', 'ask', 'allow']) }),
  decision: z.object({ requestId: z.string().min(1).max(200), approve: z.boolean() }),
  join: z.object({ invitation: z.string().min(1).max(16_384) }),
};

/**
 * What the owner may see and change, for this machine alone whatever address the page listens on: it has no sign-in. Pages
 * of others are refused by the guard of the listener, and none can send JSON without asking it first.
 */
export function addOwnerRoutes({ app }: HttpServer, owner: Owner): void {
  const local = async (request: { ip: string }) => {
    if (!isLoopbackAddress(request.ip))
      throw new HttpProblem(403, 'Forbidden', {
        detail: 'the settings are for the machine that the peer runs on: open the page there',
      });
  };
  const post = <T>(route: string, schema: z.ZodType<T>, act: (body: T) => void | Promise<void>) =>
    app.post(`/api/owner/${route}`, { onRequest: local }, async (request) => {
      const body = schema.safeParse(request.body);
      if (!body.success) {
        const [issue] = body.error.issues;
        throw new HttpProblem(400, 'Bad Request', { detail: `${issue?.path.join('.')}: ${issue?.message}` });
      }
      try {
        await act(body.data);
      } catch (error) {
        if (error instanceof OwnerError) throw new HttpProblem(409, 'Conflict', { detail: error.message });
        throw error;
      }
      return owner.settings();
    });
  const get = (route: string, read: () => unknown) =>
    app.get(`/api/owner/${route}`, { onRequest: local }, async () => read());

  get('settings', owner.settings);
  get('history', owner.history);
  get('deletions', owner.deletions);
  post('folders/add', bodies.folder, (body) => owner.addFolder(body.path));
  post('folders/remove', bodies.folder, (body) => owner.removeFolder(body.path));
  post('bandwidth', bodies.bandwidth, owner.setBandwidth);
  post('pause', bodies.pause, ({ paused }) => owner.setPaused(paused));
  post('deletion', bodies.deletion, ({ rule }) => owner.setDeletion(rule));
  post('deletions/decide', bodies.decision, (body) => owner.decideDeletion(body.requestId, body.approve));
  post('history/clear', z.unknown(), () => owner.clearHistory());
  post('join', bodies.join, ({ invitation }) => owner.join(invitation));
}
