import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, ROOT } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

const [gatewayPort, matchmakerPort, udpPort] = (await freePorts(3)) as [number, number, number];

const SERVICES: [string, number, Record<string, string>][] = [
  [
    'gateway',
    gatewayPort,
    { PORT: String(gatewayPort), SUPERGRAPH_FILE: join(ROOT, 'deploy/supergraph.graphql') },
  ],
  [
    'matchmaker',
    matchmakerPort,
    { STATE: 'embedded', HTTP_PORT: String(matchmakerPort), MATCHMAKER_PORT: String(udpPort) },
  ],
];

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status,
    () => null,
  );

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

describe('npm start -w', () => {
  it.each(SERVICES)('%s ends with npm when npm is asked to end', async (workspace, port, env) => {
    const npm = spawn('npm', ['start', '-w', workspace], {
      cwd: ROOT,
      env: { ...process.env, HOST: '127.0.0.1', ...env },
      stdio: 'ignore',
      // Should the service outlive npm, it is ended with the group.
      detached: true,
    });
    onTestFinished(() => endGroup(npm.pid as number));
    await expect.poll(() => answers(port), { timeout: 20_000 }).toBe(200);
    npm.kill('SIGTERM');
    await once(npm, 'exit');
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBeNull();
  });

  it.each([
    'edge',
    'gateway',
    'matchmaker',
    'subgraphs/catalog',
    'subgraphs/tracker',
    'subgraphs/viewing',
    'subgraphs/identity',
  ])('%s runs in the place of npm’s shell, which passes no signal on', (folder) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    expect(scripts.start).toBe('exec node src/main.ts');
  });
});
