import { ids } from '@giggityflix/bus';
import { badInput, requireRole } from '@giggityflix/graphql';
import { MAX_FOLDER_LENGTH, parseFolder } from '@giggityflix/proto/media-file';
import type { MutationResolvers, QueryResolvers, SaveLibraryInput } from '../generated/graphql.ts';
import { type Library, MAX_LIBRARIES, MAX_SOURCES } from '../libraries/libraries.ts';
import { LIBRARY_ID } from '../store/limits.ts';
import { clean } from '../titles/text.ts';

const MAX_NAME_LENGTH = 100;

export const libraryQueries: Pick<QueryResolvers, 'libraries'> = {
  libraries(_parent, _args, context) {
    requireRole(context, 'operator');
    return context.libraries.list();
  },
};

export const libraryMutations: Pick<MutationResolvers, 'saveLibrary' | 'deleteLibrary'> = {
  async saveLibrary(_parent, { input }, context) {
    requireRole(context, 'operator');
    const library = libraryOf(input);
    if (!(await context.libraries.save(library)))
      throw badInput(`there are ${MAX_LIBRARIES} libraries, and there can be no more`);
    return { library };
  },
  async deleteLibrary(_parent, { id }, context) {
    requireRole(context, 'operator');
    return { deleted: await context.libraries.delete(libraryId(id)) };
  },
};

/** @throws GraphQLError BAD_USER_INPUT naming the field that cannot be used. */
function libraryOf(input: SaveLibraryInput): Library {
  const id = libraryId(input.id);
  const name = input.name.length <= MAX_NAME_LENGTH ? clean(input.name, MAX_NAME_LENGTH) : '';
  if (name === '') throw badInput(`name is 1 to ${MAX_NAME_LENGTH} characters`);
  const peers = (input.peers ?? []).map((given, index) => peerId(`peers[${index}]`, given));
  const folders = (input.folders ?? []).map((given, index) => {
    const folder = parseFolder(given.folder);
    if (folder === null)
      throw badInput(
        `folders[${index}].folder is the names of folders between slashes, such as Films/Kids, at most ${MAX_FOLDER_LENGTH} characters`,
      );
    return { peerId: peerId(`folders[${index}].peerId`, given.peerId), folder };
  });
  for (const [field, list] of Object.entries({ peers, folders }))
    if (list.length > MAX_SOURCES) throw badInput(`${field} are at most ${MAX_SOURCES}`);
  return { id, name, peers: [...new Set(peers)], folders };
}

function libraryId(id: string): string {
  if (LIBRARY_ID.test(id)) return id;
  throw badInput('id is 1 to 63 of a to z, 0 to 9 and -, the first no -');
}

function peerId(field: string, given: string): string {
  const parsed = ids.peerId.safeParse(given);
  if (!parsed.success) throw badInput(`${field}: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}
