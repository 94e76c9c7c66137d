// What can be broken, and who is looking: buttons that only one machine with a stand-in has.

import { useEffect, useState } from 'react';
import { Icon } from './icons.tsx';
import { type Account, type Condition, press } from './local-actions.ts';
import { Modal } from './modal.tsx';

/** What the buttons take; `condition` is undefined until it was asked for. */
export interface SwitchesProps {
  readonly condition: Condition | undefined;
  readonly onCondition: (condition: Condition) => void;
  readonly accounts: readonly Account[];
  readonly ownId: string;
  readonly onAccount: (userId: string) => void;
}

/** Three buttons in a row. */
export function Switches({ condition, onCondition, ...choice }: SwitchesProps) {
  const secondsCut = useSecondsLeft(condition?.lineIsCutMs ?? 0);
  const isBroken = condition?.isTelegramBroken ?? false;
  const isCut = secondsCut > 0;
  const [hasFailed, setFailed] = useState(false);
  const flip = async (button: string) => {
    try {
      onCondition(await press<Condition>(button));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <section className="switches" aria-label="Try it">
      <button
        type="button"
        data-on={isBroken}
        onClick={() => flip(isBroken ? 'mend-telegram' : 'break-telegram')}
      >
        <Icon name="telegram" />
        {isBroken ? 'Mend Telegram' : 'Break Telegram'}
      </button>
      <button type="button" data-on={isCut} onClick={() => flip(isCut ? 'mend-line' : 'cut-line')}>
        <Icon name={isCut ? 'offline' : 'line'} />
        {isCut ? `Offline, ${secondsCut} s` : 'Go offline'}
      </button>
      <AccountButton {...choice} />
      <p className="hint news" role="status">
        {hasFailed ? 'Cameo does not answer.' : newsOf(isBroken, isCut)}
      </p>
    </section>
  );
}

function newsOf(isBroken: boolean, isCut: boolean): string {
  if (isCut) {
    return 'The server hangs up on every request, the service worker’s too. Reload: what was seen is there.';
  }
  if (isBroken) {
    return 'Telegram answers each call for a photo with a 500. Pictures stay; changes come when it is mended.';
  }
  return '';
}

/** Whole seconds that are left of `ms`, from now on. */
function useSecondsLeft(ms: number): number {
  const [untilMs, setUntilMs] = useState(0);
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    const startMs = Date.now();
    setUntilMs(startMs + ms);
    setNowMs(startMs);
    if (ms <= 0) return;
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ms]);
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
}

type ChoiceProps = Pick<SwitchesProps, 'accounts' | 'ownId' | 'onAccount'>;

function AccountButton({ accounts, ownId, onAccount }: ChoiceProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="account" />
        Switch account
      </button>
      {isOpen && (
        <Modal className="sheet" labelledBy="accounts" onClosed={() => setOpen(false)}>
          {(close) => (
            <div className="sheet-body">
              <h2 id="accounts">Who looks?</h2>
              <p className="hint">
                Each account sees what it has cached itself, and nothing of the others.
              </p>
              {accounts.map(({ userId, name }) => (
                <button
                  key={userId}
                  type="button"
                  className="choice"
                  aria-current={userId === ownId}
                  onClick={() => {
                    close();
                    onAccount(userId);
                  }}
                >
                  {name}
                  {userId === ownId && <Icon name="check" />}
                </button>
              ))}
            </div>
          )}
        </Modal>
      )}
    </>
  );
}
