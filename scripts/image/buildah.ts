import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** buildah with images and containers of its own, never the user's. */
export interface Buildah {
  /** Does something that takes a while: what it prints goes to standard error. @throws Error when it fails. */
  run(...args: readonly string[]): void;
  /** Resolves to what it printed, without the line's end. @throws Error when it fails. */
  ask(...args: readonly string[]): string;
}

/**
 * The driver `vfs` copies the whole tree for each layer, and works everywhere, also within containers.
 *
 * @param storage folder that everything is kept in; made if it is missing. It may be removed as it is.
 */
export function createBuildah(storage: string): Buildah {
  mkdirSync(storage, { recursive: true, mode: 0o700 });
  const store = ['--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
  const call = (args: readonly string[], stdout: 'pipe' | number) =>
    execFileSync('buildah', [...store, '--storage-driver', 'vfs', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', stdout, 'inherit'],
      maxBuffer: 16 * 1024 * 1024,
    });
  return {
    run(...args) {
      call(args, process.stderr.fd);
    },
    ask: (...args) => call(args, 'pipe').trim(),
  };
}

/** What an image says of how it is run, as `docker inspect` has it. */
export interface ImageConfig {
  User: string;
  Env: string[];
  Entrypoint: string[];
  Cmd: string[];
  WorkingDir: string;
  Healthcheck?: { Test: string[] };
  Volumes?: Record<string, unknown>;
}

interface Inspected {
  Docker: { config: ImageConfig };
  /** JSON of the image's manifest. */
  Manifest: string;
}

const inspect = (buildah: Buildah, image: string) =>
  JSON.parse(buildah.ask('inspect', '--type', 'image', image)) as Inspected;

export function configOf(buildah: Buildah, image: string): ImageConfig {
  return inspect(buildah, image).Docker.config;
}

export interface ImageSize {
  /** Of all layers, unpacked, in bytes. */
  bytes: number;
  /** Of the layers that its base has not. */
  bytesOverBase: number;
}

export function sizeOf(buildah: Buildah, image: string, base: string): ImageSize {
  const [all, below] = [image, base].map((name) => {
    const { layers } = JSON.parse(inspect(buildah, name).Manifest) as { layers: { size: number }[] };
    return layers.reduce((sum, { size }) => sum + size, 0);
  }) as [number, number];
  return { bytes: all, bytesOverBase: all - below };
}
