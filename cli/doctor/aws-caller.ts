// Who this shell is for AWS, and where.

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { aheadMs } from './edge-request.ts';

/** The caller. */
export interface AwsCaller {
  readonly account: string;
  readonly arn: string;
  readonly region: string;
  /** How far AWS's clock is ahead of this one, in milliseconds; `undefined` without a Date. */
  readonly aheadMs: number | undefined;
}

/** Asks STS, which every identity may. Rejects with the SDK's error. */
export async function awsCaller(givenRegion: string | undefined): Promise<AwsCaller> {
  const client = new STSClient(givenRegion ? { region: givenRegion } : {});
  const region = await client.config.region();
  let ahead: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const fromMs = Date.now();
      const result = await next(args);
      ahead = aheadMs(dateOf(result.response), fromMs, Date.now());
      return result;
    },
    { step: 'deserialize' },
  );
  const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn, region, aheadMs: ahead };
}

function dateOf(response: unknown): string | null {
  const { headers } = response as { headers?: Record<string, string> };
  return headers?.date ?? null;
}
