/** Most files of one title: versions, languages and cuts of a film come to a few dozen. */
export const MAX_FILES_PER_TITLE = 200;
/** Of these the share of one network, or of a peer whose network is not known; files beyond it give way in a full title. */
export const MAX_FILES_PER_TITLE_AND_NETWORK = 40;
/** Most extras shown with a title. */
export const MAX_EXTRAS_PER_TITLE = 50;
/** Rows of one query for the extras of several titles. */
export const MAX_EXTRAS_PER_QUERY = 1_000;
/** Rows of one query for the files of several titles; where there are more, each title is asked for by itself. */
export const MAX_FILES_PER_QUERY = 2_000;
/** What the id of a library is: a slug. */
export const LIBRARY_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
