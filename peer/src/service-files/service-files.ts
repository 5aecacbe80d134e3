// cspell:ignore schtasks ONLOGON
/** What a service of the system runs. */
export interface Program {
  /** Node.js. */
  node: string;
  /** The program of the command line. */
  script: string;
  /** Its data directory, where that is not the usual one. */
  dataDir: string | null;
}

export const SYSTEMD_UNIT = 'giggityflix-peer.service';
export const LAUNCHD_LABEL = 'org.giggityflix.peer';
export const WINDOWS_TASK = 'Giggityflix peer';

const options = ({ dataDir }: Program) => ['start', ...(dataDir === null ? [] : ['--data-dir', dataDir])];

/** A unit of the user's own systemd: it needs no rights, and gives way to everything else. */
export function systemdUnit(program: Program): string {
  const command = [program.node, program.script, ...options(program)].map(quotedForSystemd).join(' ');
  return `[Unit]
Description=Giggityflix peer: shares the films of this machine

[Service]
ExecStart=${command}
Restart=on-failure
RestartSec=5
# Wrong usage or settings, and a daemon that runs already: another try helps neither.
RestartPreventExitStatus=2 4
TimeoutStopSec=30
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=yes
UMask=0077

[Install]
WantedBy=default.target
`;
}

/** A property list of launchd, for the user who is logged in. */
export function launchdPlist(program: Program, { logFile }: { logFile: string }): string {
  const argumentsOf = [program.node, program.script, ...options(program)]
    .map((argument) => `    <string>${escapedForXml(argument)}</string>`)
    .join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${argumentsOf}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>LowPriorityIO</key>
  <true/>
  <key>StandardErrorPath</key>
  <string>${escapedForXml(logFile)}</string>
  <key>StandardOutPath</key>
  <string>${escapedForXml(logFile)}</string>
</dict>
</plist>
`;
}

/** A scheduled task of Windows that begins when the user signs in. */
export function windowsCommand(program: Program): string {
  const command = [program.node, program.script, ...options(program)]
    .map((argument) => `\\"${argument}\\"`)
    .join(' ');
  return `schtasks /Create /F /SC ONLOGON /RL LIMITED /TN "${WINDOWS_TASK}" /TR "${command}"`;
}

function quotedForSystemd(argument: string): string {
  const escaped = argument
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

function escapedForXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
