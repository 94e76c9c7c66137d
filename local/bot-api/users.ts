// All users of the stand-in: those that changed anything are remembered, the others follow the rule.
// With a state file they are remembered over a restart too.
import { loadUsers, saveUsers } from './state-file.ts';
import { initialUser, isKnown, type User } from './user.ts';

/** The users by id. */
export interface Users {
  /** The user, or undefined for one that Telegram does not know. */
  find(userId: number): User | undefined;
  /** Changes a user and saves it before it returns; makes an unknown user known. */
  change(userId: number, change: (user: User) => User): User;
  /** Puts every user back to the rule. */
  reset(): void;
}

/** Reads the state file, if one is given; throws if it cannot be read as one. */
export function createUsers(stateFile: string | undefined): Users {
  const changed = stateFile === undefined ? new Map<number, User>() : loadUsers(stateFile);
  const save = () => {
    if (stateFile !== undefined) saveUsers(stateFile, changed);
  };

  return {
    find: (userId) => changed.get(userId) ?? (isKnown(userId) ? initialUser(userId) : undefined),
    change(userId, change) {
      const user = change(changed.get(userId) ?? initialUser(userId));
      changed.set(userId, user);
      save();
      return user;
    },
    reset() {
      changed.clear();
      save();
    },
  };
}
