// All tables of docs/cost.md, with everything that they are made of.

import { SIZES } from '../core/sizes.ts';
import { alwaysFree, prices } from '../lib/prices.ts';
import { assumptions } from './assumptions.ts';
import { billOf, totalOf } from './bill.ts';
import { type FixedLine, fixedLines, type Template } from './fixed.ts';
import { billedMs, memoryMbOf } from './invocation.ts';
import { busiestHour, POLLS_AN_HOUR, visibleHours } from './live.ts';
import { count, dollars, rounded, table } from './markdown.ts';
import { JOURNEYS, type Journey, type Measured } from './measured.ts';
import { monthOf, monthWithoutStore } from './month.ts';
import {
  costOf,
  fixedTotal,
  type Month,
  type Tiers,
  TYPICAL_SIZE,
  TYPICAL_VOLUME,
  VOLUMES,
} from './report.ts';

/** All tables. */
export function fullReport(template: Template, measured: Measured): string {
  const lines = fixedLines(template, measured);
  return [
    `Prices of ${prices.region}, looked up on ${prices.asOf}; measured ${measured.by}.`,
    '',
    '## What is asked',
    '',
    'By avatars that are requested at the edge in a month and their size, nothing that is free taken off:',
    '',
    volumes(monthOf, measured, 'none'),
    '',
    'Less what every account has for nothing, for ever, if nothing else in it uses that up:',
    '',
    volumes(monthOf, measured, 'always-free'),
    '',
    '## The stack itself',
    '',
    'Whatever is asked of it, with default settings; a custom metric is billed for the hours in which it is sent.',
    '',
    fixedTable(lines),
    '',
    `A rate rule (WAF) adds ${dollars(prices.wafWebAclMonth + prices.wafRuleMonth)}, and ${dollars(prices.wafRequestsPerMillion)} for each million requests.`,
    '',
    '## Telegram asked for every view',
    '',
    'API, function, Telegram (list, open, download), one picture, nothing stored and no edge. The lists and the sign-ins,',
    'which Cameo pays for above, are not in it:',
    '',
    volumes(monthWithoutStore, measured, 'none'),
    '',
    `Each view then takes ${Math.round(billedMs(measured, 'direct'))} ms of a ${memoryMbOf('direct')} MB function, and ${rounded(TYPICAL_VOLUME)} views are ${rounded(3 * TYPICAL_VOLUME)} requests to`,
    'Telegram, which limits them. With what is always free taken off:',
    '',
    volumes(monthWithoutStore, measured, 'always-free'),
    '',
    '## Live updates',
    '',
    liveUpdates(measured),
    '',
    `## Where it goes: ${rounded(TYPICAL_VOLUME)} avatars, ${TYPICAL_SIZE} px`,
    '',
    byService(measured),
    '',
    '## What one invocation does',
    '',
    invocations(measured),
    '',
    '## Assumptions',
    '',
    table(
      ['assumption', 'value'],
      Object.entries(assumptions).map(([name, value]) => [`\`${name}\``, String(value)]),
    ),
    '',
    '## Prices, and what is always free',
    '',
    table(
      ['price', 'dollars'],
      Object.entries(prices)
        .filter(([, value]) => typeof value === 'number')
        .map(([name, value]) => [`\`${name}\``, String(value)]),
    ),
    '',
    table(
      ['free each month', 'amount'],
      Object.entries(alwaysFree).map(([name, value]) => [`\`${name}\``, count(value)]),
    ),
  ].join('\n');
}

function liveUpdates(measured: Measured): string {
  const thousand = totalOf(billOf(visibleHours(1_000), 'none'));
  const behind = totalOf(billOf(busiestHour(measured), 'none'));
  const free = Math.floor(alwaysFree.cloudFrontRequests / POLLS_AN_HOUR);
  return [
    `A page that somebody looks at asks the edge ${count(POLLS_AN_HOUR)} times an hour: a thousand such hours are ${dollars(thousand)}, and the first`,
    `${count(free)} of a month are among the requests that are always free, if nothing else uses those up. A page that is`,
    'hidden, idle or closed asks nothing. Behind the edge a place of it that is asked without a pause costs',
    `${dollars(behind)} an hour at most, by one page or by ten thousand.`,
  ].join('\n');
}

function volumes(month: Month, measured: Measured, tiers: Tiers): string {
  const rows = VOLUMES.map((avatars) => [
    rounded(avatars),
    ...SIZES.map((size) => costOf(month, measured, avatars, size, tiers)),
  ]);
  return table(['avatars a month', ...SIZES.map((size) => `${size} px`)], rows);
}

function fixedTable(lines: readonly FixedLine[]): string {
  const rows = lines.map((line) => [
    line.what,
    count(line.count),
    dollars(line.dollars),
    dollars(line.dollarsBeyondFree),
  ]);
  const sums = [dollars(fixedTotal(lines)), dollars(fixedTotal(lines, 'dollarsBeyondFree'))];
  return table(['a month', 'number', 'dollars', 'beyond free'], [...rows, ['in all', '', ...sums]]);
}

function byService(measured: Measured): string {
  const bills = [monthOf, monthWithoutStore].map((month) =>
    billOf(month(measured, TYPICAL_VOLUME, TYPICAL_SIZE), 'none'),
  );
  const services = Object.keys(bills[0] ?? {});
  const rows = services.map((service) => [
    service,
    ...bills.map((bill) => dollars(bill[service] ?? 0)),
  ]);
  const totals = ['in all', ...bills.map((bill) => dollars(totalOf(bill)))];
  return table(['service', 'Cameo', 'nothing stored'], [...rows, totals]);
}

function invocations(measured: Measured): string {
  const rows = (Object.keys(JOURNEYS) as Journey[]).map((name) => {
    const { requests, readUnits, writeUnits, processorMs } = measured.journeys[name];
    const to = (service: string) =>
      count(
        Object.entries(requests)
          .filter(([operation]) => operation.startsWith(service))
          .reduce((total, [, times]) => total + times, 0),
      );
    return [
      name,
      `${readUnits} + ${writeUnits}`,
      to('S3'),
      to('SQS'),
      to('Telegram'),
      `${processorMs} ms`,
      `${Math.round(billedMs(measured, name))} ms`,
    ];
  });
  return table(['', 'DynamoDB r + w', 'S3', 'SQS', 'Telegram', 'processor', 'billed'], rows);
}
