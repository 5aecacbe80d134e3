/** A backup or restore that cannot be; `message` says why, and what to do. Nothing was changed. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
