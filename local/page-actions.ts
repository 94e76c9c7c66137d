// What the operator's page's buttons do here, besides the calls of the partner API that they make.

import type { Schedules } from './joints.ts';
import type { Action } from './page/action.ts';
import { DEMO_USER, type Signer, signIn } from './sign-in.ts';

/** By path: signs the demo user in, and runs each schedule now. */
export function pageActions(signer: Signer, schedules: Schedules): ReadonlyMap<string, Action> {
  const runs = Object.entries(schedules).map(([name, schedule]) => {
    const run = (): object => {
      schedule.runNow();
      return schedule.report();
    };
    return [`/local/schedule/${name}/run`, run] as const;
  });
  const initData = (): object => ({ initData: signIn(signer, DEMO_USER, Date.now()) });
  return new Map([['/local/sign-in', initData], ...runs]);
}
