// What the distribution adds to every request to the API, so that the API knows it: a header of its origins.

import {
  type CloudFrontClient,
  type DistributionConfig,
  GetDistributionCommand,
  type Origin,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { EdgeUnsettled, type ProvingEdge } from '../core/rotate-origin-secret.ts';
import { ORIGIN_SECRET_HEADER } from '../core/topology.ts';

/** The distribution behind its port. An update of somebody else's in between makes `send` throw, and changes nothing. */
export function provingEdge(client: CloudFrontClient, distributionId: string): ProvingEdge {
  const read = async () => {
    const answer = await client.send(new GetDistributionCommand({ Id: distributionId }));
    const config = answer.Distribution?.DistributionConfig;
    const isSettled = answer.Distribution?.Status === 'Deployed';
    if (config && headersOf(config).length > 0) return { config, isSettled, etag: answer.ETag };
    throw new Error(`distribution ${distributionId} has no origin with ${ORIGIN_SECRET_HEADER}`);
  };
  return {
    async sends(secret) {
      const { config } = await read();
      return headersOf(config).every(({ HeaderValue }) => HeaderValue === secret);
    },
    async send(secret) {
      const { config, isSettled, etag } = await read();
      if (!isSettled) throw new EdgeUnsettled('the edges still learn of an earlier change');
      await client.send(
        new UpdateDistributionCommand({
          Id: distributionId,
          IfMatch: etag,
          DistributionConfig: withSecret(config, secret),
        }),
      );
    },
  };
}

function headersOf({ Origins }: DistributionConfig) {
  const all = (Origins?.Items ?? []).flatMap(({ CustomHeaders }) => CustomHeaders?.Items ?? []);
  return all.filter(isSecretHeader);
}

function isSecretHeader({ HeaderName }: { HeaderName: string | undefined }): boolean {
  return HeaderName?.toLowerCase() === ORIGIN_SECRET_HEADER;
}

/** The configuration as it is, but for the header's value. */
function withSecret(config: DistributionConfig, secret: string): DistributionConfig {
  const { Items = [], Quantity } = config.Origins ?? {};
  return { ...config, Origins: { Quantity, Items: Items.map((one) => proving(one, secret)) } };
}

function proving(origin: Origin, secret: string): Origin {
  const { Items, Quantity } = origin.CustomHeaders ?? {};
  if (!Items) return origin;
  const headers = Items.map((one) => (isSecretHeader(one) ? { ...one, HeaderValue: secret } : one));
  return { ...origin, CustomHeaders: { Quantity, Items: headers } };
}
