import pc from 'picocolors';
import { expect, test } from 'vitest';
import type { Examined } from '../../../cli/doctor/check.ts';
import { reportLines } from '../../../cli/doctor/report-lines.ts';

const REPORT: readonly Examined[] = [
  { name: 'node', title: 'Node', mark: 'ok', summary: '24', details: ['as pinned'] },
  { name: 'credentials', title: 'Credentials', mark: 'skipped', summary: 'not needed' },
  {
    name: 'telegram',
    title: 'Telegram',
    mark: 'failed',
    summary: 'refuses the bot token (401), as it has done for quite a while by now',
    advice: {
      text: 'Take the token from BotFather and put it in: within a minute the workers read it.',
      command: `aws secretsmanager put-secret-value --secret-id cameo/bot-token ${'-'.repeat(40)}`,
    },
    details: ['getMe: HTTP 401'],
  },
  {
    name: 'pause',
    title: 'Pause',
    mark: 'warning',
    summary: 'a minute',
    advice: { text: 'Wait.' },
  },
  { name: 'edge', title: 'Edge', mark: 'unchecked', summary: 'not checked: nobody answers' },
];

const plain = { isVerbose: false, columns: 60, colours: pc.createColors(false) };

test('a line for each check, and what mends it under what is not good', () => {
  expect(reportLines(REPORT, plain).join('\n')).toBe(`\
✓  Node          24
✗  Telegram      refuses the bot token (401), as it has done
                 for quite a while by now
                 Take the token from BotFather and put it
                 in: within a minute the workers read it.
                 $ aws secretsmanager put-secret-value --secret-id cameo/bot-token ----------------------------------------
!  Pause         a minute
                 Wait.
-  Edge          not checked: nobody answers

1 failure, 1 warning, 1 good, 1 not checked, 1 skipped.`);
});

test('details, and what does not apply, for whoever wants to know more', () => {
  const lines = reportLines(REPORT, { ...plain, isVerbose: true });

  expect(lines).toContain('-  Credentials   not needed');
  expect(lines).toContain('                 as pinned');
  expect(lines).toContain('                 getMe: HTTP 401');
});

test('no colour where none is wanted, and one a mark where it is', () => {
  const coloured = reportLines(REPORT, { ...plain, colours: pc.createColors(true) });

  expect(reportLines(REPORT, plain).join('')).not.toContain('\u001B');
  expect(coloured[0]).toBe('\u001B[32m✓\u001B[39m  Node          24');
  expect(coloured[1]?.startsWith('\u001B[31m✗')).toBe(true);
});
