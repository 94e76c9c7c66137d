// `npm run build:client`: the browser client, built into client/dist.

import { buildClient } from '../build/client-bundles.ts';

buildClient();
