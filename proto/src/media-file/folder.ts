/** Longest path of a folder, in UTF-16 code units. */
export const MAX_FOLDER_LENGTH = 500;

/** What no name of a folder has in it: control characters, and those that show text in another order than it is. */
const HOSTILE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/**
 * A folder as a peer's description names it: the folders from the shared one on, between slashes, in Unicode's composed form,
 * so that one name is one text whatever the file system. Null for what is no such path, and for one that is too long: a part of
 * it would be another folder.
 */
export function parseFolder(given: unknown): string | null {
  if (typeof given !== 'string' || given.length > 4 * MAX_FOLDER_LENGTH || !given.isWellFormed()) return null;
  const folder = given.normalize('NFC');
  if (folder.length === 0 || folder.length > MAX_FOLDER_LENGTH || HOSTILE.test(folder)) return null;
  const isPath = folder.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
  return isPath ? folder : null;
}

/** Whether a folder is another one, or below it. */
export function isWithin(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(`${other}/`);
}
