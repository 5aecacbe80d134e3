// cspell:ignore schtasks ONLOGON
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, missing } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { launchdPlist, systemdUnit, windowsCommand } from './service-files.ts';

const analyze = findProgram('systemd-analyze');
const noSystemd = analyze ? false : missing('systemd-analyze', 'it is not installed');

const program = { node: process.execPath, script: '/opt/a "b" 50% $HOME/peer.js', dataDir: '/srv/the data' };

describe('services of the daemon', () => {
  it.skipIf(noSystemd)('are units that systemd understands', () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'giggityflix-peer.service'), systemdUnit(program));
    const { stderr, status } = spawnSync(
      analyze!,
      ['--user', 'verify', join(dir, 'giggityflix-peer.service')],
      { encoding: 'utf8', env: { ...process.env, XDG_RUNTIME_DIR: dir } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('quote what systemd, launchd and Windows would take apart', () => {
    expect(systemdUnit(program)).toContain(
      `ExecStart="${process.execPath}" "/opt/a \\"b\\" 50%% $$HOME/peer.js" "start" "--data-dir" "/srv/the data"\n`,
    );
    const plist = launchdPlist({ ...program, script: '/a&b<c' }, { logFile: '/tmp/log' });
    expect(plist).toContain('<string>/a&amp;b&lt;c</string>');
    expect(windowsCommand({ node: 'C:\\Program Files\\node.exe', script: 'C:\\p.js', dataDir: null })).toBe(
      'schtasks /Create /F /SC ONLOGON /RL LIMITED /TN "Giggityflix peer" /TR "\\"C:\\Program Files\\node.exe\\" \\"C:\\p.js\\" \\"start\\""',
    );
  });
});
