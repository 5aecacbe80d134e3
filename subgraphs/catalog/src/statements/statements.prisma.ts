import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { type Database, isDatabaseUnavailable } from '@giggityflix/prisma';
import { createClaims } from './claims.ts';
import { correct } from './corrections.ts';
import { createDescribe } from './describe.ts';
import { forgetLongGone } from './memory.ts';
import { createPeerRoom } from './peer-room.ts';
import { removePicture, takePicture } from './pictures.ts';
import { settleWaiting, settleWaitingBeside } from './settle.ts';
import type { StatementLimits, Statements } from './statements.ts';
import { supersede } from './supersede.ts';

/** Statements in SQLite or PostgreSQL. Its methods reject with UnavailableError while the database cannot be reached. */
export function createPrismaStatements(database: Database, limits: StatementLimits): Statements {
  const claims = createClaims(database);
  const pictureRoom = createPeerRoom('pictures', limits.picturesPerPeer);
  const statements: Statements = {
    described: createDescribe(database, limits.descriptionsPerPeer),
    pictured: (picture) => takePicture(database, picture, pictureRoom),
    pictureRemoved: (picture) => removePicture(database, picture),
    connected: claims.connected,
    announced: claims.announced,
    async closed(closing) {
      const settled = await claims.closed(closing);
      await settleWaiting(database, await forgetLongGone(database, closing.at));
      return settled;
    },
    checked: claims.checked,
    superseded: ({ peerId, catalogIds }) => supersede(database, peerId, catalogIds),
    gone: (catalogIds) => settleWaitingBeside(database, catalogIds),
    correct: (correction) => correct(database, correction),
  };
  return wrapMethods(statements, async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      throw new UnavailableError('the catalog', { cause: error });
    }
  });
}
