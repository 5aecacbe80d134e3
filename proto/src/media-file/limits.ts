/** Longest file name, in UTF-16 code units as are all lengths here; file systems stop at 255 bytes. */
export const MAX_NAME_LENGTH = 1_024;
/** Longest name of a title. */
export const MAX_TITLE_LENGTH = 500;
/** Longest name of a container or a codec. */
export const MAX_CODEC_LENGTH = 40;
/** Longest MIME type. */
export const MAX_MIME_TYPE_LENGTH = 200;
/** Longest language tag: BCP 47 asks for room for 35 characters. */
export const MAX_LANGUAGE_LENGTH = 35;
/** Longest name of a chapter or a track. */
export const MAX_LABEL_LENGTH = 200;
/** Widest and tallest picture. */
export const MAX_PIXELS = 65_535;
/** Most audio channels of a track. */
export const MAX_CHANNELS = 255;
/** Most chapters of a media file. */
export const MAX_CHAPTERS = 500;
/** Most parts of a media file that viewers may skip. */
export const MAX_MARKERS = 8;
/** Most tracks of a media file. */
export const MAX_TRACKS = 100;
/** Longest text about a film or an episode. */
export const MAX_PLOT_LENGTH = 5_000;
/** Longest short text about it: outline, tagline. */
export const MAX_OUTLINE_LENGTH = 1_000;
/** Longest name of a genre, a tag, a studio, a person, a role or a collection. */
export const MAX_TERM_LENGTH = 200;
/** Most genres, tags or studios. */
export const MAX_TERMS = 20;
/** Most people of a film or an episode. */
export const MAX_PEOPLE = 50;
export const MAX_RATINGS = 10;
/** Most ids of other catalogs. */
export const MAX_EXTERNAL_IDS = 16;
export const MAX_RUNTIME_MINUTES = 10_000;
/** The year of the first moving picture, and one that no film is from. */
export const MIN_YEAR = 1_870;
export const MAX_YEAR = 2_200;
export const MAX_SEASON = 10_000;
export const MAX_EPISODE = 100_000;
