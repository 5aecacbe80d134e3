#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  await import('../dist/peer/src/cli/main.js');
} else {
  process.stderr.write(
    `giggityflix-peer needs Node.js 22.18 or newer, and this is ${process.versions.node}: https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
