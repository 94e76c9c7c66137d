// Waits with a picture until it is about to be seen.

import { type RefCallback, useCallback, useState } from 'react';

// About four rows of a list: time for an answer before the thumb gets there.
const MARGIN = '200px';

/** Whether what gets the ref is near what is seen, of the page or of a list that scrolls by itself. */
export function useNearViewport(): [isNear: boolean, ref: RefCallback<Element>] {
  const [isNear, setNear] = useState(false);
  const ref = useCallback((element: Element) => {
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.some((entry) => entry.isIntersecting)),
      { rootMargin: MARGIN, scrollMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [isNear, ref as RefCallback<Element>];
}
