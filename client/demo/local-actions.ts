// The buttons that only local mode has (local/demo/demo-actions.ts): elsewhere these paths lead nowhere.

/** What is broken just now. */
export interface Condition {
  readonly isTelegramBroken: boolean;
  /** Milliseconds until the line that was cut mends itself; 0 for a line that is whole. */
  readonly lineIsCutMs: number;
}

/** A user whom local mode can sign in. */
export interface Account {
  readonly userId: string;
  readonly name: string;
}

/** A sign-in of local mode. */
export interface LocalSignIn {
  readonly initData: string;
  readonly userId: string;
  readonly accounts: readonly Account[];
  /** Null where Telegram is not the stand-in, so that there is nothing to press. */
  readonly standIn: Condition | null;
}

/** The button is not there: this is no local mode, or Telegram is not its stand-in. */
export class NoSuchButton extends Error {
  override readonly name = 'NoSuchButton';
}

/** Presses a button. Rejects with NoSuchButton, or with an Error that says why it could not be done. */
export async function press<Answer>(button: string, input?: object): Promise<Answer> {
  const response = await fetch(`/local/demo/${button}`, {
    method: 'POST',
    headers: { 'x-cameo-local': '1', 'content-type': 'application/json' },
    ...(input && { body: JSON.stringify(input) }),
  });
  // An edge that knows no such path has an answer to everything, but not this one.
  if ([403, 404, 405].includes(response.status)) throw new NoSuchButton(button);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.title);
  return answer;
}
