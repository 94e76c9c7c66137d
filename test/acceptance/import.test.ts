// In small; test/soak has it in full.

import { testImportOf } from './import-run.ts';

testImportOf(200);
