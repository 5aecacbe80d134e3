import * as described from '@giggityflix/proto/media-file';

/**
 * Longest texts the catalog keeps and shows, in UTF-16 code units: names are for lists on a screen, so it keeps less of
 * them than a description may carry.
 */
export const MAX_TITLE_LENGTH = Math.min(300, described.MAX_TITLE_LENGTH);
export const MAX_FILE_NAME_LENGTH = Math.min(500, described.MAX_NAME_LENGTH);
/** Codecs, containers, languages and MIME types. */
export const MAX_WORD_LENGTH = Math.min(100, described.MAX_MIME_TYPE_LENGTH);
/** What is written about a title. */
export const MAX_PLOT_LENGTH = described.MAX_PLOT_LENGTH;
export const MAX_OUTLINE_LENGTH = described.MAX_OUTLINE_LENGTH;
export const MAX_TERM_LENGTH = described.MAX_TERM_LENGTH;
/** Most episodes that one file is shown with. */
export const MAX_EPISODES_OF_FILE = 50;
export const MAX_LABEL_LENGTH = described.MAX_LABEL_LENGTH;
