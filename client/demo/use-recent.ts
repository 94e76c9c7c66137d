// The list that is shown: the remembered one in the first frame, the answer behind it, and again whenever the client
// hears of a change.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AvatarClient, RecentRecord } from '../core/types.ts';
import { fetchList, rememberedList, SignInRefused } from './recent.ts';
import type { Authorizer } from './session.ts';

/** Photos of a list come one after the other; the list is asked for once for all of them. */
const SETTLED_MS = 500;

/** How long after a question that nobody answered the next one is asked. */
const AGAIN_MS = 3_000;

/** Why the list is not the newest; another object each time that it was asked for in vain. */
export interface Trouble {
  readonly kind: 'no answer' | 'signed out';
}

/** What is shown, what is wrong with it, and what asks again. */
export interface Recent {
  readonly partners: readonly RecentRecord[] | undefined;
  readonly trouble: Trouble | undefined;
  readonly refresh: () => Promise<void>;
}

/** The newest partners as this user sees them. */
export function useRecent(
  client: AvatarClient,
  userId: string,
  authorizationOf: Authorizer,
): Recent {
  const [seen, setSeen] = useState<{ userId: string; partners: readonly RecentRecord[] }>();
  const [trouble, setTrouble] = useState<Trouble>();
  const remembered = useMemo(() => rememberedList(userId), [userId]);
  const lastAsked = useRef(0);

  const refresh = useCallback(async () => {
    lastAsked.current += 1;
    const asked = lastAsked.current;
    try {
      const partners = await fetchList(userId, authorizationOf);
      // An answer that was overtaken is older than what is shown.
      if (asked !== lastAsked.current) return;
      client.seed(partners);
      setSeen({ userId, partners });
      setTrouble(undefined);
    } catch (error) {
      if (asked !== lastAsked.current) return;
      setTrouble({ kind: error instanceof SignInRefused ? 'signed out' : 'no answer' });
    }
  }, [client, userId, authorizationOf]);

  useEffect(() => {
    void refresh();
    const onVisible = () => {
      if (!document.hidden) void refresh();
    };
    document.addEventListener('visibilitychange', onVisible);
    let soon: ReturnType<typeof setTimeout>;
    const off = client.on('updated', () => {
      clearTimeout(soon);
      soon = setTimeout(refresh, SETTLED_MS);
    });
    return () => {
      off();
      clearTimeout(soon);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [client, refresh]);

  useEffect(() => {
    // Nobody sees a page that is hidden, and whoever comes back to it has it asked then.
    if (trouble?.kind !== 'no answer' || document.hidden) return;
    const again = setTimeout(refresh, AGAIN_MS);
    return () => clearTimeout(again);
  }, [trouble, refresh]);

  // Another account's list is nobody else's, not for a frame.
  const partners = seen?.userId === userId ? seen.partners : remembered;
  return { partners, trouble, refresh };
}
