import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram, kafkaJars, postgresDirectories } from '@giggityflix/kernel/programs';
import { missing, type Skip } from './requirement.ts';

export interface Program {
  skip: Skip;
  /** Full path; empty when skipped. */
  path: string;
}

function requireProgram(what: string, names: readonly string[]): Program {
  const path = findProgram(names);
  return path ? { skip: false, path } : { skip: missing(what, `no ${names.join(' or ')} on PATH`), path: '' };
}

/** FFmpeg and ffprobe: `FFMPEG_PATH`, else the one on PATH. */
export function requireFfmpeg(): Program & { ffprobePath: string } {
  const ffmpeg = process.env.FFMPEG_PATH
    ? { skip: false as const, path: process.env.FFMPEG_PATH }
    : requireProgram('FFmpeg', ['ffmpeg']);
  if (ffmpeg.skip) return { ...ffmpeg, ffprobePath: '' };
  const ffprobe = requireProgram('FFmpeg', ['ffprobe']);
  return { ...ffmpeg, skip: ffprobe.skip, ffprobePath: ffprobe.path };
}

/** Chromium or Chrome: `CHROMIUM_PATH`, else the one on PATH. As root it wants `--no-sandbox`. */
export function requireChromium(): Program {
  if (process.env.CHROMIUM_PATH) return { skip: false, path: process.env.CHROMIUM_PATH };
  return requireProgram('Chromium', ['chromium', 'chromium-browser', 'google-chrome']);
}

/** What `startCluster` of the stack runs, which looks for the programs itself. */
export function requireCluster(): { skip: Skip } {
  const programs = [
    'java',
    'redis-server',
    'redis-cli',
    'postgres',
    'psql',
    'turnserver',
    'haproxy',
    'setpriv',
  ];
  const absent = programs.filter((name) => !findProgram(name, postgresDirectories()));
  if (!existsSync(kafkaJars())) absent.push('Kafka');
  return { skip: absent.length > 0 && missing('the engines of an installation', `no ${absent.join(', ')}`) };
}

/** HAProxy, to check its configuration. */
export function requireHaproxy(): Program {
  return requireProgram('HAProxy', ['haproxy']);
}

/** Where Debian's `faketime` puts its library, on the machines it is built for. */
const FAKETIME = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);

export interface Faketime {
  readonly skip: Skip;
  /** What makes the clock of a process wrong, such as by `-1h`; its timers go on as they do. */
  variables(offset: string): Record<string, string>;
}

/** Clocks that are wrong. */
export function requireFaketime(): Faketime {
  const library = FAKETIME.find((path) => existsSync(path));
  return {
    skip: library ? false : missing('faketime', 'libfaketime is not installed: npm run setup:system'),
    variables: (offset) => ({
      LD_PRELOAD: library ?? '',
      FAKETIME: offset,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    }),
  };
}

/** A TURN server to relay through. */
export function requireCoturn(): Program {
  return requireProgram('coturn', ['turnserver']);
}

/** Pebble, a small ACME server of Let's Encrypt for tests; `npm run setup:system` builds it with Go. */
export function requirePebble(): Program {
  return requireTool('Pebble', 'pebble', 'PEBBLE_PATH');
}

/** Helm, which renders the chart of deploy/helm; built with Go as well. */
export function requireHelm(): Program {
  return requireTool('Helm', 'helm', 'HELM_PATH');
}

/** kubeconform, which holds what Helm rendered to Kubernetes' schemas; built with Go as well. */
export function requireKubeconform(): Program {
  return requireTool('kubeconform', 'kubeconform', 'KUBECONFORM_PATH');
}

/** A program that `npm run setup:system` puts into the cache of tools, unless a variable names another. */
function requireTool(what: string, name: string, variable: string): Program {
  const given = process.env[variable];
  if (given) return { skip: false, path: given };
  const built = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'giggityflix/bin');
  const path = findProgram(name, [built]);
  return path ? { skip: false, path } : { skip: missing(what, `no ${name} on PATH`), path: '' };
}

/** kcat, to see topics as a foreign client does. */
export function requireKcat(): Program {
  return requireProgram('kcat', ['kcat', 'kafkacat']);
}

/** Prometheus' own checker of rules and configurations. */
export function requirePromtool(): Program {
  return requireProgram('Prometheus', ['promtool']);
}

/** The server that scrapes metrics and answers queries of them. */
export function requirePrometheus(): Program {
  return requireProgram('Prometheus', ['prometheus']);
}

/** A Python that has gRPC, protobuf and Ed25519. */
export function requirePythonGrpc(): Program {
  const modules = ['grpc', 'google.protobuf', 'cryptography.hazmat.primitives.asymmetric.ed25519'];
  return requirePython('gRPC', modules, 'grpcio, protobuf and cryptography');
}

/** A Python that has aiortc, an implementation of WebRTC of its own. */
export function requirePythonAiortc(): Program {
  return requirePython('WebRTC', ['aiortc'], 'aiortc');
}

/** The Python on PATH, else the system's, whichever has the modules. */
function requirePython(what: string, modules: readonly string[], packages: string): Program {
  for (const path of ['python3', '/usr/bin/python3'])
    if (spawnSync(path, ['-c', `import ${modules.join(', ')}`]).status === 0) return { skip: false, path };
  return { skip: missing(`Python with ${what}`, `no python3 that has ${packages}`), path: '' };
}

/** What `npm run build:images` takes. It takes minutes, so it is asked for with `BUILD_IMAGES=1`, or `REQUIRE_REAL=1`. */
export function requireBuildah(): { skip: Skip } {
  if (process.env.REQUIRE_REAL !== '1' && process.env.BUILD_IMAGES !== '1')
    return { skip: missing('BUILD_IMAGES=1', 'images take minutes to build') };
  if (process.getuid?.() !== 0)
    return { skip: missing('root', 'images are built and entered by root alone') };
  const absent = ['buildah', 'debootstrap', 'unshare', 'setpriv'].filter((name) => !findProgram(name));
  return { skip: absent.length > 0 && missing('buildah', `no ${absent.join(', ')} on PATH`) };
}

/** Root with network namespaces and nftables, for tests that build networks with NATs. */
export function requireRoot(): { skip: Skip } {
  if (process.getuid?.() !== 0) return { skip: missing('root', 'network namespaces are for root alone') };
  const name = `giggityflix-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
    try {
      execFileSync('ip', ['netns', 'exec', name, findProgram('nft') ?? 'nft', 'list', 'ruleset'], {
        stdio: 'pipe',
      });
    } finally {
      execFileSync('ip', ['netns', 'delete', name], { stdio: 'pipe' });
    }
    return { skip: false };
  } catch (error) {
    return { skip: missing('network namespaces', (error as Error).message) };
  }
}
