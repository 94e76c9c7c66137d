// Everything that the stand-in knows. Only the users' photos outlive it, and only with a state file.
import { botId } from './bot-token.ts';
import type { CallName } from './call.ts';
import { createCounters } from './counters.ts';
import { createFaults } from './faults.ts';
import { createLinks } from './links.ts';
import { createUsers } from './users.ts';
import type { World } from './world.ts';

/** How long each call waits before it is answered, in ms. */
export type Latency = Partial<Record<CallName, number>>;

/** The stand-in's state, changed by the control routes. */
export type State = ReturnType<typeof createState>;

/** The state of a stand-in that starts: the users of the state file, no faults, no latency. */
export function createState(token: string, stateFile: string | undefined, now: () => number) {
  const users = createUsers(stateFile);
  const links = createLinks(now);
  const faults = createFaults();
  const counters = createCounters();
  let nonce = now();
  const nextNonce = () => ++nonce;

  const state = {
    token,
    latency: {} as Latency,
    users,
    faults,
    counters,
    world: (): World => ({ bot: botId(state.token), users, links, nextNonce }),
    reset() {
      state.token = token;
      state.latency = {};
      users.reset();
      faults.clear();
      counters.reset();
    },
  };
  return state;
}
