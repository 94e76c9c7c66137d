import { expect, test } from 'vitest';
import { bringUp, cameoCommand, putSecret } from '../../../cli/doctor/commands.ts';

const HERE = { stack: undefined, region: undefined };

test.each([
  [HERE, 'npm start'],
  [{ stack: 'cameo', region: undefined }, 'npx cdk deploy --all'],
  [{ stack: 'cameo-staging', region: 'x' }, 'npx cdk deploy --all -c environmentName=staging'],
])('%j is brought up by %s', (which, command) => {
  expect(bringUp(which)).toBe(command);
});

test('a command names the stack and the region as they were named', () => {
  const stack = { stack: 'cameo', region: 'eu-central-1' };

  expect(cameoCommand('redrive', HERE)).toBe('npx cameo redrive');
  expect(cameoCommand('redrive', { ...stack, region: undefined })).toBe(
    'npx cameo redrive --stack cameo',
  );
  expect(cameoCommand('redrive', stack)).toBe(
    'npx cameo redrive --stack cameo --region eu-central-1',
  );
  expect(putSecret('Why.', 'a-name', stack).command).toMatch(/ a-name .* --region eu-central-1$/);
});
