import type { Prisma } from '@giggityflix/prisma';

/** A file's row refers to its availability, so that the two may come in either order. */
export async function ensureAvailability(client: Prisma.TransactionClient, catalogId: string): Promise<void> {
  await client.fileAvailability.upsert({
    where: { catalogId },
    create: { catalogId, changedAt: new Date(0) },
    update: {},
  });
}
