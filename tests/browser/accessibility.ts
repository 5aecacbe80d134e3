import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

/** What axe finds wrong with a page by WCAG 2.2 AA and its own best practices: the rule, and the elements. */
export async function complaintsOf(page: Page): Promise<string[]> {
  await page.evaluate(`${readFileSync(AXE, 'utf8')};0`);
  return page.evaluate(`axe.run(document).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`);
}
