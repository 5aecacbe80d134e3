/** What messages of a peer count as against `Quotas.messages_per_second`; every other counts as one. */
export const ANNOUNCEMENT_COST = 2;
/** A description or a picture is written to the catalog, which takes it as long as four other messages. */
export const STATEMENT_COST = 4;
