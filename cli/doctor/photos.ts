// A sample of what viewers see: the photos of the newest partners.

import { currentPath } from '../../core/avatar-url.ts';
import type { Outputs } from '../../core/outputs.ts';
import { DEFAULT_SIZE } from '../../core/sizes.ts';
import { KEYS_FILE } from '../../local/keys.ts';
import type { Check } from './check.ts';
import { cameoCommand } from './commands.ts';
import { type Advice, type Finding, failed, ok, warning } from './finding.ts';
import type { PhotoLook, PhotoTrouble } from './photo-look.ts';
import { isThere, type Subject } from './subject.ts';

/** The newest partners' photos: known, stored and served. */
export const photos: Check = {
  name: 'photos',
  title: 'Photos',
  asks: 'Are the photos of the newest partners known, stored as WebP and served as they are stored?',
  async look(subject) {
    const { outputs } = await subject.cameo.get();
    const looks = await subject.photos.own();
    if (looks.length === 0) return nobodyYet(outputs, subject.stack);
    const details = looks.map(detailOf);
    const worst = WORST_FIRST.find((trouble) => looks.some((look) => look.trouble === trouble));
    if (!worst) return ok(await summaryOf(looks, subject), details);
    const troubled = looks.filter(({ trouble }) => trouble === worst);
    const { isFailure, what, advice } = TROUBLES[worst];
    const [url = ''] = troubled.map(({ avatarId, size = DEFAULT_SIZE }) => {
      return outputs.Url + currentPath(avatarId, size);
    });
    const found = isFailure ? failed : warning;
    return found(`${troubled.length} of ${looks.length}: ${what}`, advice(url, subject), details);
  },
};

const WORST_FIRST: readonly PhotoTrouble[] = ['spoilt', 'missing', 'unserved', 'late', 'dropped'];

const TROUBLES: Readonly<
  Record<
    PhotoTrouble,
    { isFailure: boolean; what: string; advice: (url: string, subject: Subject) => Advice }
  >
> = {
  spoilt: {
    isFailure: true,
    what: 'no WebP pictures in the bucket',
    advice: (url) => ({
      text: `Find out who writes to the bucket besides Cameo, and delete such objects: each is fetched again as a missing one is. The first is that of ${url}.`,
    }),
  },
  missing: {
    isFailure: true,
    what: 'known, but not in the bucket',
    advice: (url) => ({
      text: 'Find out who deletes from the bucket besides Cameo. Each is fetched again when a viewer asks for its size, ten minutes after the last fetch or later:',
      command: waiting(url),
    }),
  },
  unserved: {
    isFailure: true,
    what: 'stored, but not served',
    advice: (url) => ({
      text: 'See what the edge answers, and whether anything stands in front of it; then deploy again, which puts its origins right.',
      command: `curl -I '${url}'`,
    }),
  },
  late: {
    isFailure: false,
    what: 'not fetched after ten minutes',
    advice: (_, subject) => ({
      text: 'Look at Telegram, the pause and the queues here. If all three are well, the jobs may be dead letters:',
      command: cameoCommand('redrive', subject),
    }),
  },
  dropped: {
    isFailure: false,
    what: 'dropped after the retention',
    advice: (url) => ({
      text: 'That is as it should be: each comes back when a viewer asks for it.',
      command: waiting(url),
    }),
  },
};

/** Asks for the photo as a viewer who waits five seconds for it. */
function waiting(url: string): string {
  return `curl -I '${url}${url.includes('?') ? '&' : '?'}wait=5'`;
}

function nobodyYet({ Url, ServiceKeySecretName }: Outputs, stack: string | undefined): Finding {
  const place = stack ? `the secret ${ServiceKeySecretName}` : `${KEYS_FILE} of the data folder`;
  return warning('no partner is registered yet', {
    text: `Register one with the service key, which is in ${place}, and examine again:`,
    command: `curl -X PUT ${Url}/api/partner/42 -H "Authorization: Bearer $KEY" -d '{}'`,
  });
}

async function summaryOf(looks: readonly PhotoLook[], { unknownAvatar }: Subject): Promise<string> {
  const stored = looks.filter(({ state }) => state === 'stored').length;
  const sample = `${stored} of the newest ${looks.length} ${stored === 1 ? 'has' : 'have'} one`;
  // The edge is told of by its own check.
  return (await isThere(unknownAvatar)) ? `${sample}, stored and served` : `${sample}, stored`;
}

function detailOf({ avatarId, state, trouble, size }: PhotoLook): string {
  return `${avatarId} ${[state, trouble, size && `${size} px`].filter(Boolean).join(', ')}`;
}
