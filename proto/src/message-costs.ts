/** What messages of a peer count as against `Quotas.messages_per_second`; every other counts as one. */
export const ANNOUNCEMENT_COST = 2;
/** Descriptions are written to the catalog together. */
export const DESCRIPTION_COST = 1;
/** A picture is encoded anew, which takes as long as four other messages. */
export const PICTURE_COST = 4;
