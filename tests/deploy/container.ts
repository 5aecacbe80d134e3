import type { ImageConfig } from '../../scripts/image/buildah.ts';
import type { Launch } from './programs.ts';

// cspell:ignore userspec
/**
 * Puts the process into a file system of its own, which ends with it: the tree, read-only as `docker run --read-only` has it, an
 * empty /tmp, the volumes, and the kernel's own.
 */
const ENTER = `set -e
root=$1 user=$2 directory=$3 volumes=$4
shift 4
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
for volume in $volumes; do mount -t tmpfs -o "uid=\${user%:*},gid=\${user#*:}" tmpfs "$root$volume"; done
exec setpriv --no-new-privs chroot --userspec="$user" "$root" env --chdir="$directory" "$@"`;

export interface Container {
  /** The root of its file system. */
  tree: string;
  config: ImageConfig;
}

/**
 * Runs something as a container of the image does, in the network of this machine; for root.
 *
 * @param args what follows the entry point, as after `docker run IMAGE`; or all of it with `entrypoint: []`
 * @param env beside that of the image
 */
export function inContainer(
  { tree, config }: Container,
  {
    args,
    env = {},
    entrypoint = config.Entrypoint,
  }: { args: readonly string[]; env?: Record<string, string>; entrypoint?: readonly string[] },
): Launch {
  const volumes = Object.keys(config.Volumes ?? {}).join(' ');
  return {
    command: 'unshare',
    args: [
      ...['--mount', 'sh', '-c', ENTER, 'enter', tree, config.User, config.WorkingDir, volumes],
      ...entrypoint,
      ...args,
    ],
    env: { ...Object.fromEntries(config.Env.map(pair)), ...env },
  };
}

function pair(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return [variable.slice(0, at), variable.slice(at + 1)];
}
