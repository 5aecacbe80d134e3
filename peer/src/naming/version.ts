/** Names the rules for names and `.nfo`: where it differs from what described an index, every description is made anew. Change it with the rules. */
export const NAMING_VERSION = '5';
