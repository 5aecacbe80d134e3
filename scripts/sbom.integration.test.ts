import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'giggityflix-sbom-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('npm run sbom', () => {
  it('lists every package that production runs, and its licence', () => {
    execFileSync(process.execPath, [join(import.meta.dirname, 'sbom.ts'), folder], { encoding: 'utf8' });
    const bill = JSON.parse(readFileSync(join(folder, 'giggityflix.cdx.json'), 'utf8'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const listed = new Set(
      (bill.components as { group?: string; name: string }[]).map(({ group, name }) =>
        group === undefined ? name : `${group}/${name}`,
      ),
    );
    const licences = readFileSync(join(folder, 'licences.md'), 'utf8');
    for (const workspace of ['gateway', 'edge', 'peer', 'matchmaker', 'subgraphs/viewing', 'web']) {
      const { dependencies } = JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8'));
      for (const name of Object.keys(dependencies ?? {})) {
        expect(listed).toContain(name);
        if (!name.startsWith('@giggityflix/')) expect(licences).toContain(`| ${name} | `);
      }
    }
    for (const name of ['vitest', 'playwright-core', '@giggityflix/bench'])
      expect(listed).not.toContain(name);
    expect(licences).not.toContain('not stated');
  });
});
