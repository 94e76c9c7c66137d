// Put into the bundles in place of the SDK's search for credentials (lib/bundling.ts): Lambda has them in
// its environment, so the code for profiles, single sign-on and instance metadata never runs there. It is
// a sixth of serve-photo's compressed size.

import { fromEnv } from '@aws-sdk/credential-provider-env';

/** What the SDK's clients call to make their credential provider. */
export const defaultProvider = () => fromEnv();
