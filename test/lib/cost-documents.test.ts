// What README.md and docs/cost.md say of the cost is what the script says.

import { expect, test } from 'vitest';
import { documents } from '../../cost/documents.ts';
import { readMeasured } from '../../cost/measured.ts';
import { stackTemplate } from '../../cost/stack-template.ts';

test.each(documents(stackTemplate(), readMeasured()))(
  'document %# is as `npm run cost -- --write` leaves it',
  ({ text, expected }) => {
    expect(text).toBe(expected);
  },
);
