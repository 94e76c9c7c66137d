// Hands the page's client to the components under it, and the style sheet to the page.

import { createContext, type ReactNode, useContext } from 'react';
import type { AvatarClient } from '../core/types.ts';
import { STYLES } from './styles.ts';

const AvatarContext = createContext<AvatarClient | undefined>(undefined);

/** What an AvatarProvider takes. */
export interface AvatarProviderProps {
  readonly client: AvatarClient;
  /** The nonce of the page's Content-Security-Policy, for the one `<style>` element. */
  readonly nonce?: string | undefined;
  readonly children?: ReactNode;
}

/** Gives the client to all components and hooks under it; whoever made the client destroys it. */
export function AvatarProvider({ client, nonce, children }: AvatarProviderProps) {
  return (
    <AvatarContext value={client}>
      {/* A browser hides the nonce of what came from the server, which would look like a mismatch. */}
      <style nonce={nonce}>{STYLES}</style>
      {children}
    </AvatarContext>
  );
}

/** The client of the AvatarProvider above. Throws an Error where there is none. */
export function useAvatarClient(): AvatarClient {
  const client = useContext(AvatarContext);
  if (!client) throw new Error('cameo-client: there is no <AvatarProvider> above');
  return client;
}
