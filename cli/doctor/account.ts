// The AWS account: who asks, where, and whether the CDK has what it deploys with.

import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { type Check, reasonOf } from './check.ts';
import { type Advice, type Finding, failed, ok, skipped } from './finding.ts';
import { cdkContext } from './program.ts';

const NO_ACCOUNT = 'a Cameo on this machine needs no AWS account';

// What a template with assets asks for (aws-cdk-lib, DefaultStackSynthesizer).
const MIN_BOOTSTRAP_VERSION = 6;

const DEFAULT_QUALIFIER = 'hnb659fds';

/** Whether AWS knows this shell, and in which region. */
export const credentials: Check = {
  name: 'credentials',
  title: 'Credentials',
  asks: 'Does AWS know the credentials of this shell, and is a region set?',
  async look({ stack, aws }) {
    if (!stack) return skipped(NO_ACCOUNT);
    try {
      const { account, region, arn } = await aws.own();
      return ok(`account ${account}, ${region}`, [arn]);
    } catch (error) {
      return refusal(error);
    }
  },
};

/** Whether the account and region are bootstrapped. */
export const bootstrap: Check = {
  name: 'bootstrap',
  title: 'Bootstrap',
  asks: 'Is the account bootstrapped for the CDK in this region?',
  async look({ stack, aws, programFolder }) {
    if (!stack) return skipped(NO_ACCOUNT);
    const { account, region } = await aws.get();
    const qualifier = cdkContext(programFolder)?.['@aws-cdk/core:bootstrapQualifier'];
    const name = `/cdk-bootstrap/${qualifier ?? DEFAULT_QUALIFIER}/version`;
    const advice = {
      text: 'Bootstrap the account for this region, once.',
      command: `npx cdk bootstrap aws://${account}/${region}`,
    };
    try {
      const { Parameter } = await new SSMClient({ region }).send(
        new GetParameterCommand({ Name: name }),
      );
      const version = Number(Parameter?.Value);
      if (version >= MIN_BOOTSTRAP_VERSION) return ok(`version ${version} in ${region}`, [name]);
      return failed(`version ${version} in ${region} is too old`, advice, [name]);
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
      return failed(`${account} is not bootstrapped in ${region}`, advice, [name]);
    }
  },
};

function refusal(error: unknown): Finding {
  const reason = reasonOf(error);
  const message = error instanceof Error ? error.message : '';
  if (/Region is missing/i.test(message)) {
    return failed('no region is set', {
      text: 'Name the region of the stack by --region or in AWS_REGION.',
      command: 'export AWS_REGION=eu-central-1',
    });
  }
  return failed(`AWS does not take those of this shell (${reason})`, adviceFor(reason));
}

function adviceFor(reason: string): Advice {
  if (/Expired/.test(reason)) {
    return { text: 'They have run out: sign in again.', command: 'aws sso login' };
  }
  if (/CredentialsProvider/.test(reason)) {
    return {
      text: 'There are none: sign in, or set AWS_PROFILE to a profile that has some.',
      command: 'aws configure sso',
    };
  }
  if (/Skew|SignatureDoesNotMatch/.test(reason)) {
    return { text: 'Check AWS_SECRET_ACCESS_KEY, and the clock of this machine.' };
  }
  return {
    text: 'Check AWS_PROFILE or AWS_ACCESS_KEY_ID and this network; this asks the same as the doctor:',
    command: 'aws sts get-caller-identity',
  };
}
