// The commands that a first-time user is given, complete enough to be pasted as they are.

import { join, relative } from 'node:path';
import { avatarIdOf } from '../core/avatar-id.ts';

/** What the commands are written for; the service key itself is not shown, only where it is. */
export interface ExampleSource {
  readonly url: string;
  readonly dataDir: string;
  readonly urlKey: string;
  /** The key comes from the environment, not from the data folder. */
  readonly serviceKeyGiven: boolean;
}

const EXAMPLE_USER_ID = '42';

/** Three commands in the order in which to try them: register, look at once, wait for the photo. */
export function examples({ url, dataDir, urlKey, serviceKeyGiven }: ExampleSource): string[] {
  const key = serviceKeyGiven
    ? '$CAMEO_SERVICE_KEY'
    : `$(node -p "require('${quoted(requirable(join(dataDir, 'keys.json')))}').serviceKey")`;
  const avatar = `${url}/avatars/${avatarIdOf(urlKey, EXAMPLE_USER_ID)}`;
  return [
    `curl -X PUT ${url}/api/partner/${EXAMPLE_USER_ID} -H "Authorization: Bearer ${key}" -d '{"firstName": "Ada", "lastName": "Lovelace"}'`,
    `curl -I '${avatar}?size=150'`,
    `curl -L '${avatar}?size=512&wait=5' -o ada.webp`,
  ];
}

/** As short as it can be written in the folder where the system was started. */
function requirable(file: string): string {
  const path = relative('.', file);
  return path.startsWith('..') ? file : `./${path}`;
}

/** For a JavaScript string in single quotes that stands in a shell's double quotes. */
function quoted(path: string): string {
  return path.replace(/[\\']/g, '\\$&').replace(/[\\"$`]/g, '\\$&');
}
