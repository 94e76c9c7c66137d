// The Cameo that is examined, as facts that the checks share: each is read once, whoever asks first.

import { partnerDirectory } from '../../adapters/partner-directory.ts';
import { type Secret, secretOf } from '../../adapters/secret.ts';
import { isBotToken } from '../../adapters/telegram.ts';
import { defaults } from '../../core/operator-settings.ts';
import { type Deployment, findDeployment, stackOf } from '../deployment.ts';
import { type AwsCaller, awsCaller } from './aws-caller.ts';
import type { EdgeAnswer } from './edge-request.ts';
import { type Fact, fact } from './fact.ts';
import { NotChecked } from './finding.ts';
import { type KnownSettings, readKnownSettings } from './known-settings.ts';
import { lookAtNewest, type PhotoLook } from './photo-look.ts';
import { PROGRAM_FOLDER } from './program.ts';
import { type StackAlarm, stackAlarms } from './stack-alarms.ts';
import { askForNobody } from './unknown-avatar.ts';

/** Which Cameo. */
export interface SubjectOptions {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
}

/** What the command runs in; the tests have another program. */
export interface SubjectSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** The version of Node that runs, such as `v24.21.0`. */
  readonly nodeVersion?: string;
  /** The folder of package.json and cdk.json. */
  readonly programFolder?: string;
}

/** What the checks look at. */
export interface Subject extends Facts {
  /** The stack's name; `undefined` for the Cameo on this machine. */
  readonly stack: string | undefined;
  /** The region of --region. */
  readonly region: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly nodeVersion: string;
  readonly programFolder: string;
}

interface Facts {
  readonly aws: Fact<AwsCaller>;
  readonly settings: Fact<KnownSettings>;
  readonly cameo: Fact<Deployment>;
  readonly botToken: Fact<Secret>;
  /** The answer for an avatar that nobody has, which no cache can have: edge, API, function and table. */
  readonly unknownAvatar: Fact<EdgeAnswer>;
  /** The stack's alarms; none without a stack. */
  readonly alarms: Fact<readonly StackAlarm[]>;
  /** The newest partners, looked at. */
  readonly photos: Fact<readonly PhotoLook[]>;
  /** The edge's answer for a stored photo. */
  readonly photo: Fact<EdgeAnswer>;
}

/** The subject of these options and surroundings; nothing is read yet. */
export function subjectOf(options: SubjectOptions, surroundings: SubjectSurroundings): Subject {
  const { nodeVersion = process.version, programFolder = PROGRAM_FOLDER } = surroundings;
  const { environment } = surroundings;
  const stack = stackOf(options, environment);
  const about = { stack, region: options.region, environment, nodeVersion, programFolder };
  return { ...about, ...factsOf(about) };
}

// In milliseconds. Whoever builds on another has longer, so that what hangs is told of by its own check alone.
const LIMITS = { first: 3_000, second: 4_500, third: 6_000, fourth: 8_000, fifth: 9_000 } as const;

function factsOf(about: Omit<Subject, keyof Facts>): Facts {
  const { stack, region } = about;
  const aws = fact(LIMITS.first, 'AWS does not know this shell', () => awsCaller(region));
  const settings = fact(LIMITS.first, 'the settings have a mistake', () =>
    readKnownSettings(about),
  );
  const cameo = fact(LIMITS.second, 'there is no Cameo to ask', async () => {
    if (stack) await aws.get();
    const found = await findDeployment({ stack, region }, about.environment);
    if (!stack) await isRunning(found);
    return found;
  });
  const botToken = fact(LIMITS.third, 'the bot token cannot be read', async () => {
    const { clients, outputs } = await cameo.get();
    const secret = secretOf(clients.secretsManager, outputs.BotTokenSecretName);
    if (isBotToken(await secret.read())) return secret;
    throw new NotChecked('the secret holds no bot token');
  });
  const unknownAvatar = fact(LIMITS.third, 'the edge does not answer', async () => {
    const { outputs } = await cameo.get();
    return askForNobody(outputs.Url);
  });
  const alarms = fact(LIMITS.fourth, 'the alarms cannot be read', async () => {
    const { clients } = await cameo.get();
    return stack ? stackAlarms(clients.cloudWatch, (await aws.get()).region, stack) : [];
  });
  const photos = fact(LIMITS.fourth, 'the photos cannot be looked at', async () => {
    const deployment = await cameo.get();
    const known = await settings.own().catch(() => defaults);
    return lookAtNewest(deployment, known, await isThere(unknownAvatar));
  });
  const photo = fact(LIMITS.fifth, NO_PHOTO, async () => {
    await unknownAvatar.get();
    const [answer] = (await photos.get()).flatMap(({ served }) => served ?? []);
    if (answer) return answer;
    throw new NotChecked(NO_PHOTO);
  });
  return { aws, settings, cameo, botToken, unknownAvatar, alarms, photos, photo };
}

const NO_PHOTO = 'no photo is served that could be looked at';

/** Whether the fact can be had. */
export function isThere(wanted: Fact<unknown>): Promise<boolean> {
  return wanted.own().then(
    () => true,
    () => false,
  );
}

/** The file of a system that was killed names one that runs no more: its table does not answer. */
async function isRunning({ clients, outputs }: Deployment): Promise<void> {
  await partnerDirectory(clients.dynamodb, outputs.TableName).newest(1);
}
