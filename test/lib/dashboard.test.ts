// The dashboard against what is emitted, and against the eye: every number that the code counts is shown, none is
// shown that nobody counts, and nothing lies on top of something else.

import { describe, expect, it } from 'vitest';
import { metrics } from '../../core/metrics.ts';
import { functions } from '../../core/topology.ts';
import { prices } from '../../lib/prices.ts';
import { readable, resources, synthesise } from './synthesise.ts';

const RUNBOOK = 'https://git.example.com/cameo/docs/runbook.md';

/** A line of a graph: namespace, name and dimensions, or an expression; its options last. */
type Line = readonly (string | Options)[];
interface Options {
  readonly region?: string;
  readonly expression?: string;
  readonly label?: string;
  readonly visible?: boolean;
}
interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly metrics?: readonly Line[];
    readonly alarms?: readonly string[];
  };
}

const template = synthesise({ runbookUrl: RUNBOOK });
const widgets = widgetsOf(template);
const lines = widgets.flatMap(({ properties }) => properties.metrics ?? []);

describe('the numbers', () => {
  it('are all that the code emits', () => {
    expect(ownMetricsOf(lines)).toEqual(expect.arrayContaining(declared()));
  });

  it('are none that the code does not emit, on the dashboard and in the alarms', () => {
    expect(declared()).toEqual(expect.arrayContaining(ownMetricsOf(lines)));
    expect(declared()).toEqual(expect.arrayContaining(ownMetricsAlarmed()));
    expect(ownMetricsAlarmed().length).toBeGreaterThan(0);
  });

  it('of CloudFront are looked for where they are, and nothing else is', () => {
    const elsewhere = lines.filter((line) => optionsOf(line).region);
    const edge = lines.filter(([namespace]) => namespace === 'AWS/CloudFront');

    expect(edge.length).toBeGreaterThan(3);
    expect(elsewhere).toEqual(edge);
    for (const line of edge) {
      expect(line).toEqual(expect.arrayContaining(['Region', 'Global', 'EdgeDistribution']));
      expect(optionsOf(line).region).toBe('us-east-1');
    }
  });

  it('of CloudFront are added up where they are', () => {
    const sums = widgets.filter(({ properties }) =>
      JSON.stringify(properties.metrics ?? []).match(/"expression":.*"AWS\/CloudFront",.*"id":/),
    );

    expect(sums.map(({ properties }) => [properties.title, properties.region])).toEqual([
      ['Cost of the edge', 'us-east-1'],
    ]);
  });

  it('of what is counted once a day are shown for days', () => {
    const daily = widgets.filter(({ properties }) =>
      JSON.stringify(properties.metrics ?? []).includes('AWS/S3'),
    );

    expect(daily).toMatchObject([{ properties: { start: '-P14D' } }]);
  });

  it('of money are what is counted times the one list of prices', () => {
    const factors = lines.flatMap((line) => {
      const [, factor] =
        /^([\d.]+) \* (?:\w+Count\d|paid) \/ /.exec(optionsOf(line).expression ?? '') ?? [];
      return factor ? [Number(factor)] : [];
    });

    expect(new Set(factors).size).toBe(10);
    expect(Object.values<unknown>(prices)).toEqual(expect.arrayContaining(factors));
  });

  it('of calls per photo count all calls, for what was stored or refreshed', () => {
    const perPhoto = widgets.find(
      ({ properties }) => properties.title === 'Calls per photo stored',
    );
    const own = new Set(ownMetricsOf(perPhoto?.properties.metrics ?? []));

    const calls = declared().filter((metric) => metric.startsWith('TelegramCalls '));
    expect([...own].sort()).toEqual(
      [...calls, 'Photos Outcome=refreshed', 'Photos Outcome=stored'].sort(),
    );
  });

  it('count the GB-seconds of every function by its memory', () => {
    const shown = lines.map((line) => optionsOf(line).expression ?? '');

    for (const [name, { memoryMb }] of Object.entries(functions)) {
      expect(shown).toContain(`${memoryMb / 1024} * ${name}Ms / 1000`);
    }
  });

  it('that alarms watch are the first row', () => {
    const [status] = widgets;
    const alarms = status?.properties.alarms?.map((alarm) => alarm.replace('.Arn', '')) ?? [];

    expect(status).toMatchObject({ type: 'alarm', y: 0, width: 24 });
    expect(alarms).toHaveLength(10);
    expect(alarms).toContain('WatchAlarmslowhitrate');
  });
});

describe('the layout', () => {
  it('has a cell for each part of a widget, and a widget for each cell', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => {
        return `${x + (index % width)},${y + Math.floor(index / width)}`;
      }),
    );
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height));

    expect(new Set(cells).size).toBe(cells.length);
    expect(cells).toHaveLength(24 * bottom);
  });

  it('asks whether it serves, whether it fetches, what it costs, in this order', () => {
    const questions = texts().map((markdown) => markdown.split('\n')[0]);

    expect(questions).toEqual([
      '## Is it serving?',
      '## Is it fetching?',
      expect.stringMatching(/^## What does it cost\?/),
    ]);
  });

  it('gives each graph a title of its own, and each line a name', () => {
    const graphs = widgets.filter(({ type }) => type === 'metric');
    const titles = graphs.map(({ properties }) => properties.title);
    const visible = lines.filter((line) => optionsOf(line).visible !== false);

    expect(new Set(titles).size).toBe(graphs.length);
    for (const line of visible) expect(optionsOf(line).label).toBeTruthy();
  });
});

describe('the text', () => {
  it('leads from each graph to its section of the runbook', () => {
    const links = [
      ...texts()
        .join('\n')
        .matchAll(/\[([^\]]+)\]\(([^)#]+)#[a-z-]+\)/g),
    ];
    const graphs = widgets.filter(({ type }) => type === 'metric');

    expect(links.map(([, title]) => title)).toEqual(
      graphs.map(({ properties }) => properties.title),
    );
    for (const [, , url] of links) expect(url).toBe(RUNBOOK);
  });

  it('names the sections where nobody said where the runbook is', () => {
    const markdown = texts(widgetsOf(synthesise())).join('\n');

    expect(markdown).toContain('In docs/runbook.md: Edge hit rate #edge-hit-rate');
    expect(markdown).not.toContain('](');
  });
});

it('is found by the output', () => {
  const { DashboardUrl } = template.toJSON().Outputs;
  const [dashboard] = Object.values(resources(template, 'AWS::CloudWatch::Dashboard'));
  const name = readable(dashboard?.DashboardName);

  expect(name).toBe('cameo-AWS::Region');
  expect(readable(DashboardUrl.Value)).toBe(
    `https://console.aws.amazon.com/cloudwatch/home?region=AWS::Region#dashboards/dashboard/${name}`,
  );
});

function widgetsOf(of: typeof template): Widget[] {
  const [dashboard] = Object.values(resources(of, 'AWS::CloudWatch::Dashboard'));
  return JSON.parse(String(readable(dashboard?.DashboardBody))).widgets;
}

function texts(of = widgets): string[] {
  return of.map(({ properties }) => properties.markdown).filter((text) => text !== undefined);
}

function optionsOf(line: Line): Options {
  const last = line.at(-1);
  return typeof last === 'object' ? last : {};
}

/** Each declared metric with each combination of its dimensions' values, as a dashboard writes them. */
function declared(): string[] {
  return Object.entries(metrics).flatMap(([name, { dimensions }]) => {
    const combinations = Object.entries<readonly string[]>(dimensions).reduce<string[][]>(
      (soFar, [dimension, values]) =>
        soFar.flatMap((before) => values.map((value) => [...before, `${dimension}=${value}`])),
      [[]],
    );
    return combinations.map((pairs) => [name, ...pairs.sort()].join(' '));
  });
}

function ownMetricsOf(shown: readonly Line[]): string[] {
  const own = shown.filter(([namespace]) => namespace === 'cameo');
  return own.map((line) => {
    const [, name, ...pairs] = line.filter((part) => typeof part === 'string');
    const written = pairs.flatMap((part, index) =>
      index % 2 === 0 ? [`${part}=${pairs[index + 1]}`] : [],
    );
    return [name, ...written.sort()].join(' ');
  });
}

interface AlarmMetric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

function ownMetricsAlarmed(): string[] {
  const alarms = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).filter(
    ({ AlarmName }) => AlarmName,
  );
  const metricsOf = ({ Metrics, ...alarm }: { Metrics?: unknown }): AlarmMetric[] =>
    Metrics
      ? (Metrics as { MetricStat?: { Metric: AlarmMetric } }[]).flatMap(({ MetricStat }) =>
          MetricStat ? [MetricStat.Metric] : [],
        )
      : [alarm];
  return alarms
    .flatMap(metricsOf)
    .filter(({ Namespace }) => Namespace === 'cameo')
    .map(({ MetricName, Dimensions = [] }) => {
      const written = Dimensions.map(({ Name, Value }) => `${Name}=${Value}`);
      return [MetricName, ...written.sort()].join(' ');
    });
}
