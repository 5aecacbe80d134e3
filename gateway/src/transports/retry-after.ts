/** `Retry-After` in seconds while there is no schema, or a process is ending: another answers in a moment. */
export const RETRY_SOON = '1';
/** `Retry-After` in seconds at a limit of open streams and sockets, which end when those who have them like. */
export const RETRY_STREAM = '10';
