// With hardly anybody there, there is little to see: on one machine the cast of the demo is asked in, once.

import { useEffect, useRef } from 'react';
import { press } from './local-actions.ts';

const FEW_PARTNERS = 5;

/** Asks the cast in where there are buttons and hardly any partners, and then for the list. */
export function useCast(
  hasButtons: boolean,
  partners: readonly unknown[] | undefined,
  refresh: () => Promise<void>,
): void {
  const isAsked = useRef(false);
  const isEmpty = hasButtons && partners !== undefined && partners.length < FEW_PARTNERS;
  useEffect(() => {
    if (!isEmpty || isAsked.current) return;
    isAsked.current = true;
    press('seed').then(refresh, () => {
      // The list says itself when there is no answer.
    });
  }, [isEmpty, refresh]);
}
