import {
  LegendDisplayMode,
  LegendPlacement,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Dashboard, Panel } from './dashboard.ts';

/** Grafana's grid has 24 columns. */
const PANEL = { width: 8, height: 8 };
/** Grafana names the queries of a panel by letters. */
const FIRST_REF = 'A';
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** The dashboard as Grafana takes it, by import or provisioning. */
export function render(dashboard: Dashboard): string {
  const builder = new DashboardBuilder(`Giggityflix · ${dashboard.title}`)
    .uid(`giggityflix-${dashboard.name}`)
    .description(dashboard.description)
    .tags(['giggityflix'])
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const panel of dashboard.panels) builder.withPanel(toPanel(panel));
  return `${JSON.stringify(builder.build(), null, 2)}\n`;
}

function toPanel({ title, description, unit, queries }: Panel): PanelBuilder {
  const builder = new PanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .datasource(DATASOURCE)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .span(PANEL.width)
    .height(PANEL.height);
  for (const [index, { expr, legend }] of queries.entries())
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode(FIRST_REF.charCodeAt(0) + index))
        .expr(expr)
        .legendFormat(legend),
    );
  return builder;
}
