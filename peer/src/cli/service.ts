// cspell:ignore bootout schtasks
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { absolute, settingsFolder } from '../environment.ts';
import {
  LAUNCHD_LABEL,
  launchdPlist,
  type Program,
  SYSTEMD_UNIT,
  systemdUnit,
  WINDOWS_TASK,
  windowsCommand,
} from '../service-files/service-files.ts';
import { CliError, EXIT } from './exit.ts';

interface ServiceFile {
  /** Null where the system keeps services elsewhere than in files. */
  path: string | null;
  content: string;
  /** What starts it now and from now on. */
  start: string[];
  /** What ends it for good. */
  end: string[];
}

/** `service install`, `print` and `remove`: has the system run the daemon from when its user signs in. */
export function manageService(action: string, flags: { dataDir?: string }): void {
  const file = serviceFile(flags);
  if (action === 'print') process.stdout.write(file.content);
  else if (action === 'install') install(file);
  else if (action === 'remove') remove(file);
  else throw new CliError(`service ${action}: expected install, print or remove`, EXIT.usage);
}

function install({ path, content, start }: ServiceFile): void {
  if (path === null) {
    process.stdout.write(`run these as the user whose films are shared:\n${indented(start)}`);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o644 });
  process.stdout.write(`wrote ${path}; start it with\n${indented(start)}`);
}

function remove({ path, end }: ServiceFile): void {
  if (path !== null) rmSync(path, { force: true });
  process.stdout.write(`${path === null ? '' : `removed ${path}; `}end it with\n${indented(end)}`);
}

const indented = (lines: string[]) => lines.map((line) => `  ${line}\n`).join('');

function serviceFile({ dataDir }: { dataDir?: string }): ServiceFile {
  const program: Program = {
    node: process.execPath,
    script: resolve(process.argv[1] as string),
    dataDir: dataDir === undefined ? null : absolute(dataDir),
  };
  if (/[/\\]_npx[/\\]/.test(program.script))
    throw new CliError(
      'npx keeps this program for a while only: install it first with "npm install --global giggityflix-peer-….tgz"',
    );
  if (process.platform === 'darwin') {
    const path = join(homedir(), 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`);
    const logFile = join(homedir(), 'Library', 'Logs', 'giggityflix-peer.log');
    return {
      path,
      content: launchdPlist(program, { logFile }),
      start: [`launchctl bootstrap gui/$(id -u) "${path}"`],
      end: [`launchctl bootout gui/$(id -u)/${LAUNCHD_LABEL}`],
    };
  }
  if (process.platform === 'win32') {
    const command = windowsCommand(program);
    return {
      path: null,
      content: `${command}\n`,
      start: [command, `schtasks /Run /TN "${WINDOWS_TASK}"`],
      end: [`schtasks /End /TN "${WINDOWS_TASK}"`, `schtasks /Delete /F /TN "${WINDOWS_TASK}"`],
    };
  }
  return {
    path: join(settingsFolder(), 'systemd', 'user', SYSTEMD_UNIT),
    content: systemdUnit(program),
    start: [
      'systemctl --user daemon-reload',
      `systemctl --user enable --now ${SYSTEMD_UNIT}`,
      'loginctl enable-linger      # so that it runs while nobody is signed in, too',
    ],
    end: [`systemctl --user disable --now ${SYSTEMD_UNIT}`, 'systemctl --user daemon-reload'],
  };
}
