// What an operator sets for the deployment from GitHub, with `cdk deploy -c name=value`.

import { InvalidSettings } from './settings.ts';

/** The operator's choices. */
export interface GitHubDeployerSettings {
  /** The repository as it stands in the subject of GitHub's tokens, in either of the two forms that GitHub has. */
  readonly repository: string;
  /** GitHub's identity provider, where the account has it already; an account can have it once. */
  readonly oidcProviderArn?: string;
}

// Names of owners and repositories, each with its number where the subject is immutable: `octo@1/app@2` (GitHub,
// OpenID Connect, "Immutable subject claims"). No wildcard gets through.
const REPOSITORY =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9._-]{1,100}|@[1-9]\d{0,15}\/[A-Za-z0-9._-]{1,100}@[1-9]\d{0,15})$/;

const PROVIDER_ARN =
  /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/;

/** Reads and checks both; throws InvalidSettings with a line for each mistake. */
export function readGitHubDeployerSettings(
  context: (name: string) => unknown,
): GitHubDeployerSettings {
  const repository = context('githubRepository') ?? '';
  const arn = context('githubOidcProviderArn') ?? '';
  const mistakes = [
    ...(isText(repository, REPOSITORY)
      ? []
      : [
          'githubRepository: set <owner>/<name>, or <owner>@<id>/<name>@<id> (see docs/delivery.md)',
        ]),
    ...(arn === '' || isText(arn, PROVIDER_ARN)
      ? []
      : [
          'githubOidcProviderArn: set the ARN of the provider token.actions.githubusercontent.com, or nothing to have it made',
        ]),
  ];
  if (mistakes.length > 0) throw new InvalidSettings(mistakes.join('\n'));
  return {
    repository: String(repository),
    ...(arn !== '' && { oidcProviderArn: String(arn) }),
  };
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
