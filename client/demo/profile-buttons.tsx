// What can be done to a partner's photo, and to the partner, where Telegram is a stand-in.

import { useState } from 'react';
import type { PartnerRecord } from '../core/types.ts';
import { Icon } from './icons.tsx';
import { press } from './local-actions.ts';

const NEWS = {
  'change-photo': 'Another photo is at Telegram, and Cameo was told. It comes by itself.',
  'hide-photo':
    'Hidden at Telegram, and Cameo was told. It looks twice, five seconds apart, before it believes that.',
  erase: 'Erased.',
} as const;

/** Whose, and what follows when the owner is gone. */
export interface ProfileButtonsProps {
  readonly partner: PartnerRecord;
  readonly onErased: () => void;
}

/** What only a stand-in of Telegram lets anybody do to others. */
export function ProfileButtons({ partner: { userId }, onErased }: ProfileButtonsProps) {
  const [news, setNews] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isSure, setSure] = useState(false);

  async function act(button: keyof typeof NEWS): Promise<void> {
    setBusy(true);
    try {
      await press(button, { userId });
      setNews(NEWS[button]);
      if (button === 'erase') onErased();
    } catch (error) {
      setNews(`That did not work: ${(error as Error).message}`);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="buttons">
      <button type="button" disabled={isBusy} onClick={() => act('change-photo')}>
        <Icon name="change" />
        Change photo
      </button>
      <button type="button" disabled={isBusy} onClick={() => act('hide-photo')}>
        <Icon name="hide" />
        Hide photo
      </button>
      <button
        type="button"
        className="grave"
        disabled={isBusy}
        onClick={() => (isSure ? act('erase') : setSure(true))}
      >
        <Icon name="erase" />
        {isSure ? 'Really erase' : 'Erase'}
      </button>
      <p className="hint news" role="status">
        {news}
      </p>
    </div>
  );
}
