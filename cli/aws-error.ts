// Errors of AWS and of the network as one line that says what to do. The codes are those of AWS's "Common errors" and
// of the SDK's credential providers.

import { codeOf, Mistake, Unreachable } from './mistake.ts';

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);

const REFUSED_CREDENTIALS = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

// A policy's name or an ARN may be long; the action comes first.
const MAX_DETAIL = 300;

/** An error of the SDK that is the operator's to mend, as a Mistake or an Unreachable; any other as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Mistake || error instanceof Unreachable) {
    return error;
  }
  const code = awsCodeOf(error);
  const because = { cause: error };
  if (NO_CREDENTIALS.has(code)) {
    return new Mistake(
      'There are no AWS credentials in this shell: sign in (aws sso login, aws configure), or set AWS_PROFILE.',
      because,
    );
  }
  if (REFUSED_CREDENTIALS.has(code)) {
    return new Mistake(
      `AWS does not take the credentials of this shell (${code}): they are expired or another account's; sign in again.`,
      because,
    );
  }
  if (/^AccessDenied|^Forbidden|^UnauthorizedOperation/.test(code)) {
    const detail = oneLine(error.message).slice(0, MAX_DETAIL);
    return new Mistake(
      `These AWS credentials may not do this (${detail}): ask for the permission.`,
      because,
    );
  }
  if (/^Region is missing/.test(error.message)) {
    return new Mistake('There is no AWS region: give --region, or set AWS_REGION.', because);
  }
  if (/^E[A-Z_]+$/.test(code) || code === 'TimeoutError') {
    return new Unreachable(
      `${placeOf(error)} does not answer (${code}): check the network; a Cameo on this machine is begun with npm start.`,
      because,
    );
  }
  return error;
}

/** The one line that a person gets of an error. */
export function lineOf(error: unknown): string {
  const known = explained(error);
  if (known instanceof Mistake || known instanceof Unreachable) return known.message;
  const detail = known instanceof Error ? `${known.name}: ${oneLine(known.message)}` : 'no error';
  return `This did not work (${detail.slice(0, MAX_DETAIL)}): try it again, and report it if it stays.`;
}

/** CloudFormation's codes stand in `Code`, of errors that the SDK has no class for in `name` as well. */
function awsCodeOf(error: Error): string {
  const code = codeOf(error);
  return /^E[A-Z_]+$/.test(code) ? code : error.name;
}

function placeOf(error: Error): string {
  const { address, port, hostname } = error as { address?: string; port?: number } & {
    hostname?: string;
  };
  if (address) return port ? `${address}:${port}` : address;
  return hostname ?? 'AWS';
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
