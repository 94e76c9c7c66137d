// The page: who is signed in, and what somebody sees whom nobody could sign in.

import { useEffect, useRef, useState } from 'react';
import type { Launch } from './launch.ts';
import type { Condition } from './local-actions.ts';
import { People } from './people.tsx';
import { rememberedSession, signInLocally } from './session.ts';
import { SignedIn } from './signed-in.tsx';

/** The whole page; `launch` is undefined outside Telegram. */
export function App({ launch }: { readonly launch: Launch | undefined }) {
  const [session, setSession] = useState(() => rememberedSession(launch));
  const [condition, setCondition] = useState<Condition>();
  const [refusal, setRefusal] = useState<'outside' | 'no answer'>();
  const first = useRef(session?.userId);

  useEffect(() => {
    if (launch) return;
    // An account that is none any more is no reason to sign nobody in.
    const signedIn = signInLocally(first.current).catch(() => signInLocally());
    signedIn.then(
      (answer) => {
        if (!answer) return setRefusal('outside');
        setSession(answer.session);
        setCondition(answer.standIn ?? undefined);
      },
      () => setRefusal('no answer'),
    );
  }, [launch]);

  // Whoever was here before sees what was there, answer or not.
  if (session && refusal !== 'outside') {
    return (
      <SignedIn
        launch={launch}
        session={session}
        onSession={setSession}
        condition={condition}
        onCondition={setCondition}
      />
    );
  }
  return (
    <div className="page">
      <main className="phone">
        <header className="head">
          <h1>Recent partners</h1>
        </header>
        {refusal === undefined && <People partners={undefined} />}
        {refusal === 'outside' && <Outside />}
        {refusal === 'no answer' && (
          <p className="card notice">Cameo does not answer. Reload the page to try again.</p>
        )}
      </main>
    </div>
  );
}

function Outside() {
  return (
    <div className="card notice">
      <h2>Open this page in Telegram</h2>
      <p>
        It is a Mini App: Telegram signs in whoever opens it through the bot, and no one else sees
        the list. Make this address the Mini App of your bot in BotFather, and open it from the
        bot’s profile.
      </p>
    </div>
  );
}
