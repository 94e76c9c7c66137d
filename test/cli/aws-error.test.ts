import { SQSServiceException } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { explained, lineOf } from '../../cli/aws-error.ts';
import { Mistake, Unreachable } from '../../cli/mistake.ts';

function refusal(name: string, message = 'no'): Error {
  return new SQSServiceException({ name, message, $fault: 'client', $metadata: {} });
}

function named(name: string): Error {
  return Object.assign(new Error('Could not load credentials from any providers'), { name });
}

test.each([
  ['credentials that are expired', refusal('ExpiredToken'), /\(ExpiredToken\).*sign in again\.$/],
  ['credentials of nobody', refusal('UnrecognizedClientException'), /sign in again\.$/],
  ['no credentials', named('CredentialsProviderError'), /sign in .* or set AWS_PROFILE\.$/],
  ['no region', new Error('Region is missing'), /give --region, or set AWS_REGION\.$/],
  [
    'a right that is missing, with the action',
    refusal('AccessDeniedException', 'not authorized to perform:\n sqs:ReceiveMessage'),
    /\(not authorized to perform: sqs:ReceiveMessage\): ask for the permission\.$/,
  ],
])('%s is a mistake in one line', (_, error, line) => {
  expect(explained(error)).toBeInstanceOf(Mistake);
  expect(lineOf(error)).toMatch(line);
  expect(lineOf(error)).not.toContain('\n');
});

test('a place that does not answer is named', () => {
  const error = Object.assign(new Error('connect'), {
    code: 'ECONNREFUSED',
    address: '127.0.0.1',
    port: 4,
  });

  expect(explained(error)).toBeInstanceOf(Unreachable);
  expect(lineOf(error)).toMatch(/^127\.0\.0\.1:4 does not answer \(ECONNREFUSED\)/);
});

test('whatever else goes wrong is one line without a stack', () => {
  const line = lineOf(new TypeError('x is\nnot a function'));

  expect(line).toBe(
    'This did not work (TypeError: x is not a function): try it again, and report it if it stays.',
  );
});
