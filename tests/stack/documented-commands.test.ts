import { spawn, spawnSync } from 'node:child_process';
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

describe('docs/household.md', () => {
  const text = readFileSync(join(ROOT, 'docs/household.md'), 'utf8');
  const commands = [...text.matchAll(/^\$ (?:[A-Z_]+=\S+ )*(.+)$/gm)].map(([, command]) => command as string);
  const run = (program: string, ...parameters: string[]) => {
    const { stdout, stderr } = spawnSync(program, parameters, { cwd: ROOT, encoding: 'utf8' });
    return stdout + stderr;
  };

  it('has commands', () => expect(commands.length).toBeGreaterThan(5));

  it.each(commands)('%s', (command) => {
    const [program, ...parameters] = command.split(' ');
    if (program === 'npm' && parameters[0] === 'run') {
      const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
      expect(scripts).toHaveProperty([parameters[1] as string]);
      return;
    }
    if (program === 'npm' && parameters[0] === 'install') return;
    if (program === 'npm') {
      const usage = run(process.execPath, join(ROOT, 'stack/src/main.ts'), '--help');
      for (const flag of parameters.filter((text) => /^--./.test(text))) expect(usage).toContain(flag);
      return;
    }
    expect(program).toBe('giggityflix-peer');
    const help = run(join(ROOT, 'node_modules/.bin/giggityflix-peer'), parameters[0] as string, '--help');
    expect(help).toContain(`Usage: giggityflix-peer ${parameters[0]}`);
  });

  it('names only variables and flags of the doctor that there are', () => {
    const configuration = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
    for (const [, name] of text.matchAll(/\b([A-Z]{3,}_[A-Z_]+[A-Z])=/g))
      expect(configuration).toContain(`\`${name}\``);
    const doctor = readFileSync(join(ROOT, 'scripts/doctor.ts'), 'utf8');
    for (const command of commands.filter((one) => one.includes('doctor')))
      for (const flag of command.match(/--[a-z]+/g) ?? []) expect(doctor).toContain(flag);
  });
});
