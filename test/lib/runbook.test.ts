// docs/runbook.md against the alarms and the dashboard: whoever is woken finds a section, and every section is led to.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runbookSections } from '../../lib/runbook.ts';
import { alarmNameOf, resources, synthesise } from './synthesise.ts';

const template = synthesise({ alarmEmail: 'ops@example.com', runbookUrl: 'https://example.com/r' });
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** The text of each section, by its anchor: GitHub's, a heading in lower case with hyphens. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [anchorOf(section.split('\n')[0] ?? ''), section]),
);
const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
  .flatMap((type) => Object.values(resources(template, type)))
  // The one without a name is not ours to describe.
  .filter(({ AlarmName }) => AlarmName);

describe('the runbook', () => {
  it('has the sections that the code leads to, and no others', () => {
    expect([...sections.keys()].sort()).toEqual([...runbookSections].sort());
  });

  it('is where every alarm leads, to a section that names the alarm', () => {
    expect(alarms.length).toBeGreaterThan(10);
    for (const alarm of alarms) {
      const [, anchor = ''] =
        /docs\/runbook\.md#([a-z-]+)$/.exec(String(alarm.AlarmDescription)) ?? [];
      const name = alarmNameOf(alarm).replace(/^cameo-/, '');
      expect(sections.get(anchor), name).toContain(`-${name.replace(/^release-(?!api)/, '')}\``);
    }
  });

  it('names no alarm that there is not', () => {
    const known = alarms.map((alarm) => alarmNameOf(alarm).replace(/^cameo/, '<stack>'));
    const named = [...runbook.matchAll(/`(<stack>-[a-z-]+)`/g)].map(([, name]) => name);

    expect(named.length).toBeGreaterThan(10);
    expect(known).toEqual(expect.arrayContaining(named));
  });

  it('is led to by an alarm, the budget or the dashboard, section by section', () => {
    const dashboard = JSON.stringify(resources(template, 'AWS::CloudWatch::Dashboard'));
    const leads = alarms.map(({ AlarmDescription }) => String(AlarmDescription)).join('\n');

    for (const section of runbookSections) {
      // AWS Budgets has no description to lead anywhere: its section names it.
      if (section === 'budget') continue;
      expect(`${dashboard}\n${leads}`).toMatch(new RegExp(`#${section}\\b`));
    }
  });

  it.each([...sections])('says in %s what to run first and what to mend', (_, section) => {
    expect(section).toMatch(/^\*\*First command\.\*\* `npx cameo [a-z]+/m);
    expect(section).toMatch(/^\*\*Fix\.\*\* /m);
  });

  it('links to sections that there are', () => {
    const links = [...runbook.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, anchor = '']) => anchor);

    expect([...sections.keys()]).toEqual(expect.arrayContaining(links));
  });
});

function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replaceAll(' ', '-');
}
