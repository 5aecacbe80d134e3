/** Writes Grafana's dashboards to deploy/dashboards; their source is scripts/dashboards. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOOP } from './dashboards/loop.ts';
import { render } from './dashboards/render.ts';
import { SERVICES } from './dashboards/services.ts';

const FOLDER = resolve(import.meta.dirname, '../deploy/dashboards');

for (const dashboard of [LOOP, ...SERVICES])
  writeFileSync(join(FOLDER, `${dashboard.name}.json`), render(dashboard));
