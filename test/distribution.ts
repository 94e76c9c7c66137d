// CloudFront with one distribution, as far as an update of it goes, in the service's own protocol: what was read has
// to be what is replaced (If-Match), and an update is in progress until the edges have it.

import { bodyOf, type HttpServer, startHttpServer } from './http-server.ts';

/** The distribution's id. */
export const DISTRIBUTION_ID = 'E123';

/** A running CloudFront, and what a test does to it from behind. */
export interface DistributionServer extends Pick<HttpServer, 'url' | 'requests' | 'close'> {
  /** The value of the API origin's header, as it is configured. */
  sends(): string | undefined;
  /** Lets all edges have learned of the last update. */
  settle(): void;
  /** An update by somebody else. */
  touch(): void;
}

const XMLNS = 'http://cloudfront.amazonaws.com/doc/2020-05-31/';
const RESOURCE = `/2020-05-31/distribution/${DISTRIBUTION_ID}`;

const HEADERS = (secret: string) =>
  `<CustomHeaders><Quantity>2</Quantity><Items><OriginCustomHeader><HeaderName>x-other</HeaderName><HeaderValue>stays</HeaderValue></OriginCustomHeader><OriginCustomHeader><HeaderName>X-Cameo-Origin-Secret</HeaderName><HeaderValue>${secret}</HeaderValue></OriginCustomHeader></Items></CustomHeaders>`;
const CONFIG = (secret: string) =>
  `<CallerReference>made</CallerReference><Aliases><Quantity>1</Quantity><Items><CNAME>avatars.example.com</CNAME></Items></Aliases><DefaultRootObject></DefaultRootObject><Origins><Quantity>2</Quantity><Items><Origin><Id>api</Id><DomainName>api.example.com</DomainName><OriginPath></OriginPath>${HEADERS(secret)}<CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy><OriginKeepaliveTimeout>60</OriginKeepaliveTimeout></CustomOriginConfig></Origin><Origin><Id>photos</Id><DomainName>photos.example.com</DomainName><OriginPath></OriginPath><CustomHeaders><Quantity>0</Quantity></CustomHeaders><S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>api</TargetOriginId><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy><CachePolicyId>policy</CachePolicyId></DefaultCacheBehavior><Comment>cameo &amp; co</Comment><Enabled>true</Enabled><WebACLId>arn:aws:wafv2:us-east-1:1:global/webacl/a/b</WebACLId>`;

/** Starts it, sending this secret. Its owner ends it. */
export async function startDistribution(secret: string): Promise<DistributionServer> {
  let config = CONFIG(secret);
  let revision = 1;
  let isSettled = true;
  const etag = () => `ETAG${revision}`;

  const server = await startHttpServer(async (request, response) => {
    const body = (await bodyOf(request)).toString('utf8');
    const answer = (status: number, xml: string) => {
      response.writeHead(status, { 'content-type': 'text/xml', etag: etag() });
      response.end(`<?xml version="1.0"?>${xml}`);
    };
    const refuse = (status: number, code: string) =>
      answer(
        status,
        `<ErrorResponse xmlns="${XMLNS}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`,
      );
    const distribution = () =>
      `<Distribution xmlns="${XMLNS}"><Id>${DISTRIBUTION_ID}</Id><Status>${isSettled ? 'Deployed' : 'InProgress'}</Status><DistributionConfig>${config}</DistributionConfig></Distribution>`;
    const operation = `${request.method} ${request.url}`;
    if (operation === `GET ${RESOURCE}`) return answer(200, distribution());
    if (operation !== `PUT ${RESOURCE}/config`) return refuse(404, 'NoSuchDistribution');
    if (request.headers['if-match'] !== etag()) return refuse(412, 'PreconditionFailed');
    config = /<DistributionConfig[^>]*>(.*)<\/DistributionConfig>/.exec(body)?.[1] ?? '';
    revision += 1;
    isSettled = false;
    answer(200, distribution());
  });
  return {
    ...server,
    sends: () => /X-Cameo-Origin-Secret<\/HeaderName><HeaderValue>([^<]*)/.exec(config)?.[1],
    settle: () => {
      isSettled = true;
    },
    touch: () => {
      revision += 1;
    },
  };
}
