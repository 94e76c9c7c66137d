// What stands on the page of the React tests: it renders what a test says, at once, with the built component.

import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import {
  AvatarProvider,
  ProfilePicture,
  ProfilePictureGroup,
  type ProfilePictureGroupProps,
  type ProfilePictureProps,
  useAvatarStats,
} from '../../../client/react/entry.tsx';
import { Rows } from './rows.tsx';

/** The props of a picture that survive the way into the page. */
export type Shown = Pick<
  ProfilePictureProps,
  | 'alt'
  | 'className'
  | 'delayMs'
  | 'fallback'
  | 'loading'
  | 'name'
  | 'progressive'
  | 'size'
  | 'transition'
  | 'userId'
>;

let root: Root | undefined;
const rendered = () => {
  root ??= createRoot(document.getElementById('root') as HTMLElement);
  return root;
};

/** Told statuses, in order. */
const statuses: string[] = [];
let statRenders = 0;

function Stats() {
  statRenders++;
  return <output>{useAvatarStats(10).requests}</output>;
}

/** What a test does with the page; each `show…` is in the document when it returns. */
const stage = {
  statuses,
  statRenders: () => statRenders,
  /** Pictures under keys of their places, as a list that recycles its rows has them. */
  show(pictures: readonly Shown[], nonce?: string): void {
    const told = (status: string) => void statuses.push(status);
    flushSync(() =>
      rendered().render(
        <StrictMode>
          <AvatarProvider client={window.client} nonce={nonce}>
            {pictures.map((picture, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: recycled rows are what is tried.
              <ProfilePicture key={place} {...picture} onLoadingStatusChange={told} />
            ))}
          </AvatarProvider>
        </StrictMode>,
      ),
    );
  },
  showGroup(props: Pick<ProfilePictureGroupProps, 'people' | 'max' | 'aria-label'>): void {
    flushSync(() =>
      rendered().render(
        <AvatarProvider client={window.client}>
          <ProfilePictureGroup {...props} />
        </AvatarProvider>,
      ),
    );
  },
  showStats(): void {
    flushSync(() =>
      rendered().render(
        <AvatarProvider client={window.client}>
          <Stats />
        </AvatarProvider>,
      ),
    );
  },
  /** Takes over what a server rendered. */
  hydrate(userIds: readonly string[]): void {
    const element = document.getElementById('root') as HTMLElement;
    root = hydrateRoot(element, <Rows client={window.client} userIds={userIds} />);
  },
};

export type Stage = typeof stage;

declare global {
  interface Window {
    stage: Stage;
  }
}

window.stage = stage;
