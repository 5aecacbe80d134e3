/** Writes Grafana's dashboards to deploy/dashboards, and the rates they read to deploy/rules.yaml; their source is scripts/dashboards. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { LOOP } from './dashboards/loop.ts';
import { recordingRules, renderRules } from './dashboards/recording.ts';
import { render } from './dashboards/render.ts';
import { SERVICES } from './dashboards/services.ts';

const DEPLOY = resolve(import.meta.dirname, '../deploy');
const DASHBOARDS = [LOOP, ...SERVICES];

for (const dashboard of DASHBOARDS)
  writeFileSync(join(DEPLOY, 'dashboards', `${dashboard.name}.json`), render(dashboard));

const { groups } = parse(readFileSync(join(DEPLOY, 'alerts.yaml'), 'utf8')) as {
  groups: { rules: { expr: string }[] }[];
};
const read = [
  ...groups.flatMap(({ rules }) => rules),
  ...DASHBOARDS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries)),
].map(({ expr }) => expr);
writeFileSync(join(DEPLOY, 'rules.yaml'), renderRules(recordingRules(read)));
