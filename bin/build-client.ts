// `npm run build:client`: the browser client, built into client/dist; with `--types`, its declarations, too.

import { buildClient } from '../build/client-bundles.ts';
import { buildClientTypes } from '../build/client-types.ts';

buildClient();
if (process.argv.includes('--types')) buildClientTypes();
