// This machine's clock against the others'.

import type { Check } from './check.ts';
import { failed, NotChecked, ok } from './finding.ts';

/** A Mini App's sign-in from more than ten seconds ahead is refused (lambdas/init-data.ts); leases bear a minute. */
const LIMIT_MS = 10_000;

/** By the Date of the edge and of AWS. */
export const clock: Check = {
  name: 'clock',
  title: 'Clock',
  asks: 'Is the clock of this machine within ten seconds of those of the edge and of AWS?',
  async look({ unknownAvatar, aws, stack }) {
    const read = [
      { whose: 'the edge', ms: (await unknownAvatar.own().catch(() => undefined))?.aheadMs },
      { whose: 'AWS', ms: stack ? (await aws.get()).aheadMs : undefined },
    ].flatMap(({ whose, ms }) => (ms === undefined ? [] : { whose, ms: -ms }));
    const [first, ...others] = read;
    if (!first) {
      await unknownAvatar.get();
      throw new NotChecked('no answer tells its time');
    }
    const furthest = others.reduce((a, b) => (Math.abs(b.ms) > Math.abs(a.ms) ? b : a), first);
    const details = read.map((against) => distanceOf(against));
    if (Math.abs(furthest.ms) <= LIMIT_MS) return ok('within ten seconds of the others', details);
    return failed(
      `this machine is ${distanceOf(furthest)}`,
      {
        text: 'Let the clock be set by the network. Sign-ins of Mini Apps break beyond ten seconds, leases beyond a minute, AWS signatures beyond five.',
        command: 'sudo timedatectl set-ntp true',
      },
      details,
    );
  },
};

function distanceOf({ whose, ms }: { whose: string; ms: number }): string {
  return `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} ${whose}`;
}
