/**
 * Installs the commit hook; `npm ci` runs it through `prepare`. Plain JavaScript without dependencies at the top, and never a
 * failure: it also runs in images and tarballs, which have no checkout, no husky, or an older Node.js.
 */
import { existsSync } from 'node:fs';

if (!process.env.CI && existsSync('.git')) {
  try {
    const { default: husky } = await import('husky');
    const problem = husky();
    if (problem) console.warn(`No commit hook was installed: ${problem.trim()}`);
  } catch (error) {
    console.warn(`No commit hook was installed: ${error.message}`);
  }
}
