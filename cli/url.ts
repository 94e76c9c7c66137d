// `url`: where a user's avatar is, whether or not anybody registered the user.

import { type PartnerStanding, partnerStanding } from '../adapters/partner-standing.ts';
import { currentPath, versionedPath } from '../core/avatar-url.ts';
import { photoStateOf } from '../core/partner.ts';
import { SIZES, type Size } from '../core/sizes.ts';
import { type DeploymentOptions, findDeployment } from './deployment.ts';
import { avatarIdIn, userIdOf } from './partner-id.ts';
import { EXIT, type Outcome } from './perform.ts';
import type { Session } from './session.ts';
import { tableOf } from './table.ts';

/** What stands under an avatarId, in a word. */
export type State = 'pending' | 'stored' | 'none' | 'erased' | 'unknown';

/** The word. */
export function stateOf({ partner, erasedAtMs }: PartnerStanding): State {
  if (partner) return photoStateOf(partner);
  return erasedAtMs === undefined ? 'unknown' : 'erased';
}

const NOTES: Readonly<Record<State, string>> = {
  stored: 'The photo is stored; its own URLs never change their bytes:',
  pending: 'The photo is on its way; until it is stored the URLs show initials.',
  none: 'There is no photo that Telegram shows: the URLs show initials.',
  erased: 'This user was erased: the URLs show initials, unless the user comes back.',
  unknown: 'Nobody registered this user: the URLs show initials until somebody does.',
};

/** Computes the URLs of a user id. Throws Mistake. */
export async function url(
  given: string,
  options: DeploymentOptions,
  { environment, colours }: Session,
): Promise<Outcome> {
  const userId = userIdOf(given);
  const deployment = await findDeployment(options, environment);
  const { Url, TableName } = deployment.outputs;
  const avatarId = await avatarIdIn(deployment, userId);
  const standing = await partnerStanding(deployment.clients.dynamodb, TableName, avatarId);
  const photoId = standing.partner?.photo?.photoId;
  const current = bySize((size) => Url + currentPath(avatarId, size));
  const photo =
    photoId === undefined
      ? null
      : bySize((size) => Url + versionedPath({ avatarId, photoId, size }));
  const state = stateOf(standing);
  return {
    document: { userId, avatarId, state, photoId: photoId ?? null, current, photo },
    lines: [
      `${colours.bold('avatarId')}  ${avatarId}`,
      ...linesOf(current),
      '',
      state === 'stored' ? NOTES[state] : colours.yellow(NOTES[state]),
      ...(photo ? linesOf(photo) : []),
    ],
    exitCode: EXIT.ok,
  };
}

function bySize(urlOf: (size: Size) => string): Record<Size, string> {
  return Object.fromEntries(SIZES.map((size) => [size, urlOf(size)])) as Record<Size, string>;
}

function linesOf(urls: Readonly<Record<Size, string>>): string[] {
  return tableOf(SIZES.map((size) => [size, urls[size]]));
}
