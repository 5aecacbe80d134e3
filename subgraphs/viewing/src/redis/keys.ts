/** What all keys of a shard begin with; the braces make it the shard's hash tag, so that a script stays in one slot. */
export function shardPrefix(shard: number): string {
  return `viewing:{${shard.toString(16).padStart(3, '0')}}:`;
}
