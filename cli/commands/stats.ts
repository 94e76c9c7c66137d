// `cameo stats`: its options and its help.

import { type Command, InvalidArgumentError } from 'commander';
import { type Perform, withDeployment } from '../perform.ts';
import { RANGES, type Range } from '../stats/ranges.ts';
import type { StatsOptions } from '../stats/stats.ts';

const DEFAULT_RANGE: Range = '1h';

const HELP = `
The numbers are those of CloudWatch, which has them a minute or two after the
event; queues are as they are now. CloudFront's own numbers come from CloudWatch
in us-east-1; on one machine, from the edge, since it was started. Percentiles
are those of the worst hour or day that the range touches.

Exit code: 0 the numbers are told; 1 they are not all there to tell; 2 an
option, a setting or a credential is wrong.

Example:
  $ npx cameo stats
  $ npx cameo stats --since 24h --stack cameo --json`;

/** Adds the command. */
export function addStats(program: Command, perform: Perform): void {
  const command = program
    .command('stats')
    .description('Tell how much was served, fetched and stored, and how fast.')
    .option(
      '--since <range>',
      `${Object.keys(RANGES).join(', ')} back from now`,
      readRange,
      DEFAULT_RANGE,
    );
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((options: StatsOptions) =>
      perform(async (session) => {
        const { stats } = await import('../stats/stats.ts');
        return stats(options, session);
      }),
    );
}

function readRange(text: string): Range {
  if (Object.hasOwn(RANGES, text)) return text as Range;
  throw new InvalidArgumentError(`Give ${Object.keys(RANGES).join(', ')}.`);
}
