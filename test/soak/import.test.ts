// What takes minutes, since the fleet obeys each of Telegram's pauses.

import { testImportOf } from '../acceptance/import-run.ts';

testImportOf(2_000);
