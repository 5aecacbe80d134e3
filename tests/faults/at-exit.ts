/** Undoes something when the process ends before it was undone; call what is returned when it was. */
export function atExit(undo: () => void): () => void {
  process.once('exit', undo);
  return () => void process.off('exit', undo);
}
