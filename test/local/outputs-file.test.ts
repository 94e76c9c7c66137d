import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Outputs, outputs } from '../../core/outputs.ts';
import {
  type Endpoints,
  endpointVariables,
  OUTPUTS_FILE,
  readOutputs,
  writeOutputs,
} from '../../local/outputs-file.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cameo-test-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const values = Object.fromEntries(
  Object.keys(outputs).map((name) => [name, `the ${name}`]),
) as unknown as Outputs;
const endpoints = {
  DYNAMODB: 'http://127.0.0.1:1',
  S3: 'http://127.0.0.1:2',
  SQS: 'http://127.0.0.1:3',
  SECRETS_MANAGER: 'http://127.0.0.1:4',
  CLOUDFRONT: 'http://127.0.0.1:5',
  CLOUDWATCH: 'http://127.0.0.1:6',
  CLOUDWATCH_LOGS: 'http://127.0.0.1:6',
} satisfies Endpoints;

it('is read as it was written, and gone when the system is', () => {
  const remove = writeOutputs(dataDir, { outputs: values, endpoints });

  expect(readOutputs(dataDir)).toEqual({ outputs: values, endpoints });
  remove();
  expect(readOutputs(dataDir)).toBeUndefined();
});

it('is for its owner alone', () => {
  writeOutputs(dataDir, { outputs: values, endpoints });

  expect(statSync(join(dataDir, OUTPUTS_FILE)).mode & 0o777).toBe(0o600);
});

it.each(['', 'no json', '{}', '{"outputs": {}, "endpoints": {}}'])(
  'of another release counts as none: %j',
  (text) => {
    writeFileSync(join(dataDir, OUTPUTS_FILE), text);

    expect(readOutputs(dataDir)).toBeUndefined();
  },
);

it('names endpoints as the SDK looks for them', () => {
  expect(endpointVariables(endpoints)).toMatchObject({
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:2',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4',
  });
});
