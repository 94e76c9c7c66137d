// The commands that a first-time user is given, complete enough to be pasted as they are.

import { join, relative } from 'node:path';
import { avatarIdOf } from '../core/avatar-id.ts';
import { KEYS_FILE } from './keys.ts';

/** What the commands are written for; the service key itself is not shown, only where it is. */
export interface ExampleSource {
  readonly url: string;
  readonly dataDir: string;
  readonly urlKey: string;
  /** What CAMEO_SERVICE_KEY holds, one key or two; without it the key is in the data folder. */
  readonly givenServiceKey: string | undefined;
}

const EXAMPLE_USER_ID = '42';

/** Three commands in the order in which to try them: register, look at once, wait for the photo. */
export function examples({ url, dataDir, urlKey, givenServiceKey }: ExampleSource): string[] {
  const key = serviceKeyInShell(givenServiceKey, dataDir);
  const avatar = `${url}/avatars/${avatarIdOf(urlKey, EXAMPLE_USER_ID)}`;
  return [
    `curl -X PUT ${url}/api/partner/${EXAMPLE_USER_ID} -H "Authorization: Bearer ${key}" -d '{"firstName": "Ada", "lastName": "Lovelace"}'`,
    `curl -I '${avatar}?size=150'`,
    `curl -L '${avatar}?size=512&wait=5' -o ada.webp`,
  ];
}

/** How a shell gets the service key; of two the first, since a header takes one. */
function serviceKeyInShell(given: string | undefined, dataDir: string): string {
  if (given === undefined) {
    const file = quoted(requirable(join(dataDir, KEYS_FILE)));
    return `$(node -p "require('${file}').serviceKey")`;
  }
  return given.includes(' ') ? `\${CAMEO_SERVICE_KEY%% *}` : '$CAMEO_SERVICE_KEY';
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
