// Which profile is open, as an entry of the browser's history: "back" closes it, as it does in an app.

import { useCallback, useEffect, useState } from 'react';

const openedNow = (): string | undefined => history.state?.profile;

/** The userId whose profile is open, and what opens and closes one. */
export function useOpened() {
  const [opened, setOpened] = useState(openedNow);
  useEffect(() => {
    const look = () => setOpened(openedNow());
    addEventListener('popstate', look);
    return () => removeEventListener('popstate', look);
  }, []);
  const open = useCallback((userId: string) => {
    history.pushState({ profile: userId }, '');
    setOpened(userId);
  }, []);
  const close = useCallback(() => {
    if (openedNow() !== undefined) history.back();
  }, []);
  return { opened, open, close };
}
