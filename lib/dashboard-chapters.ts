// How the dashboard is put together: chapters, each a question with the graphs that answer it, and above them a text
// that leads from each graph to its section of the runbook.

import { Duration } from 'aws-cdk-lib';
import {
  Color,
  GraphWidget,
  type GraphWidgetProps,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { RunbookSection } from './runbook.ts';

/** A number or a graph, by the title that it has on the dashboard. */
export interface Figure {
  readonly title: string;
  readonly runbook: RunbookSection;
  readonly widget: IWidget;
}

/** A question and the rows of figures that answer it; a row is 24 wide. */
export interface Chapter {
  readonly question: string;
  readonly rows: readonly (readonly Figure[])[];
}

/** A graph: lines from zero on, five minutes a point. */
export function graph(
  title: string,
  runbook: RunbookSection,
  { unit, most, ...props }: GraphWidgetProps & { unit: string; most?: number },
): Figure {
  const leftYAxis = { min: 0, label: unit, showUnits: false, ...(most && { max: most }) };
  const period = Duration.minutes(5);
  const widget = new GraphWidget({ height: 6, period, leftYAxis, ...props, title });
  return { title, runbook, widget };
}

/** The line that an alarm rings at. */
export function alarmLine(value: number, label: string): HorizontalAnnotation {
  return { value, label, color: Color.RED };
}

/** Sums over all of the time that the dashboard shows. */
export function totals(
  title: string,
  runbook: RunbookSection,
  props: { width: number; metrics: IMetric[]; region?: string },
): Figure {
  const widget = new SingleValueWidget({
    ...props,
    title,
    height: 4,
    setPeriodToTimeRange: true,
    fullPrecision: true,
  });
  return { title, runbook, widget };
}

/** The widgets of a chapter, row by row. `runbookUrl` is where docs/runbook.md can be read, if that is known. */
export function widgetsOf(
  { question, rows }: Chapter,
  runbookUrl: string | undefined,
): IWidget[][] {
  const leads = rows.flat().map(({ title, runbook }) => {
    return runbookUrl ? `[${title}](${runbookUrl}#${runbook})` : `${title} #${runbook}`;
  });
  const where = runbookUrl ? '' : 'In docs/runbook.md: ';
  const markdown = `## ${question}\n${where}${leads.join(' · ')}`;
  const text = new TextWidget({ markdown, width: 24, height: 2 });
  return [[text], ...rows.map((row) => row.map(({ widget }) => widget))];
}
