import { execFileSync, spawnSync } from 'node:child_process';
import { findProgram, missing, type Skip } from './requirement.ts';

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

/** A TURN server to relay through. */
export function requireCoturn(): Program {
  return requireProgram('coturn', ['turnserver']);
}

/** kcat, to see topics as a foreign client does. */
export function requireKcat(): Program {
  return requireProgram('kcat', ['kcat', 'kafkacat']);
}

/** Prometheus' own checker of rules and configurations. */
export function requirePromtool(): Program {
  return requireProgram('Prometheus', ['promtool']);
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
