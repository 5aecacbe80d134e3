const LIBRARY_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_LIBRARIES = 100;
/** Of all ids together: they travel in each token, and headers have an end. */
const MAX_CHARACTERS = 3_000;

export type LibrariesCheck = { ok: true; libraries: string[] | null } | { ok: false; problem: string };

/** Ids of libraries, which are the catalog's; null for all. */
export function checkLibraries(ids: readonly string[] | null | undefined): LibrariesCheck {
  if (ids == null) return { ok: true, libraries: null };
  if (ids.length > MAX_LIBRARIES)
    return { ok: false, problem: `At most ${MAX_LIBRARIES} libraries can be named.` };
  if (!ids.every((id) => LIBRARY_ID.test(id)))
    return {
      ok: false,
      problem:
        'The id of a library has 1 to 63 lowercase letters, digits and hyphens, and begins with no hyphen.',
    };
  const libraries = [...new Set(ids)];
  return libraries.join('').length > MAX_CHARACTERS
    ? { ok: false, problem: `The ids of all libraries together may have ${MAX_CHARACTERS} characters.` }
    : { ok: true, libraries };
}
