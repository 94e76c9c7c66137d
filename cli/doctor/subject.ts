// The Cameo that is examined, as facts that the checks share: each is read once, whoever asks first.

import { randomUUID } from 'node:crypto';
import { partnerDirectory } from '../../adapters/partner-directory.ts';
import { type Secret, secretOf } from '../../adapters/secret.ts';
import { isBotToken } from '../../adapters/telegram.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { currentPath } from '../../core/avatar-url.ts';
import { defaults } from '../../core/operator-settings.ts';
import { SIZES } from '../../core/sizes.ts';
import { readSettings as readStackSettings } from '../../lib/settings.ts';
import { readSettings as readLocalSettings } from '../../local/settings.ts';
import { type Deployment, findDeployment, STACK_VARIABLE } from '../deployment.ts';
import { type AwsCaller, awsCaller } from './aws-caller.ts';
import { askEdge, type EdgeAnswer } from './edge-request.ts';
import { type Fact, fact } from './fact.ts';
import { NotChecked } from './finding.ts';
import { lookAt, type PhotoLook } from './photo-look.ts';
import { cdkContext, PROGRAM_FOLDER } from './program.ts';

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

/** The numbers of the settings that checks need. */
export interface KnownSettings {
  readonly photoRetentionDays: number;
}

/** What the checks look at. */
export interface Subject {
  /** The stack's name; `undefined` for the Cameo on this machine. */
  readonly stack: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly nodeVersion: string;
  readonly programFolder: string;
  /** ` --stack …` for commands to type; empty for the Cameo on this machine. */
  readonly flags: string;
  readonly aws: Fact<AwsCaller>;
  readonly settings: Fact<KnownSettings>;
  readonly cameo: Fact<Deployment>;
  readonly botToken: Fact<Secret>;
  /** The answer for an avatar that nobody has, which no cache can have: edge, API, function and table. */
  readonly unknownAvatar: Fact<EdgeAnswer>;
  /** The newest partners, looked at. */
  readonly photos: Fact<readonly PhotoLook[]>;
  /** The edge's answer for a stored photo. */
  readonly photo: Fact<EdgeAnswer>;
}

// Whoever builds on another has longer, so that whatever hangs is told of by its own check and by no other.
const LIMITS_MS = {
  aws: 3_000,
  settings: 3_000,
  cameo: 4_500,
  botToken: 6_000,
  unknownAvatar: 6_000,
  photos: 8_000,
  photo: 9_000,
} as const;

// Enough to see what is common, and twenty reads of small objects at most.
const SAMPLE = 5;

/** The subject of these options and surroundings; nothing is read yet. */
export function subjectOf(
  { stack: givenStack, region }: SubjectOptions,
  {
    environment,
    nodeVersion = process.version,
    programFolder = PROGRAM_FOLDER,
  }: SubjectSurroundings,
): Subject {
  const stack = givenStack || environment[STACK_VARIABLE]?.trim() || undefined;

  const aws = fact(LIMITS_MS.aws, 'AWS does not know this shell', () => awsCaller(region));
  const settings = fact<KnownSettings>(
    LIMITS_MS.settings,
    'the settings have a mistake',
    async () => {
      if (!stack) return readLocalSettings(environment);
      const context = cdkContext(programFolder);
      if (!context) throw new NoContext('cdk.json is missing, or no JSON');
      return readStackSettings((name) => context[name]);
    },
  );
  const cameo = fact(LIMITS_MS.cameo, 'there is no Cameo to ask', async () => {
    if (stack) await aws.get();
    const found = await findDeployment({ stack, region }, environment);
    if (!stack) await isRunning(found);
    return found;
  });
  const botToken = fact(LIMITS_MS.botToken, 'the bot token cannot be read', async () => {
    const { clients, outputs } = await cameo.get();
    const secret = secretOf(clients.secretsManager, outputs.BotTokenSecretName);
    if (!isBotToken(await secret.read())) throw new NotChecked('the secret holds no bot token');
    return secret;
  });
  const unknownAvatar = fact(LIMITS_MS.unknownAvatar, 'the edge does not answer', async () => {
    const { outputs } = await cameo.get();
    const answer = await askEdge(outputs.Url + currentPath(randomAvatarId(), SIZES[0]));
    if (answer.status === 302 && answer.headers.get('x-avatar') === 'unknown') return answer;
    throw new NotCameo(answer);
  });
  const photos = fact(LIMITS_MS.photos, 'the photos cannot be looked at', async () => {
    const { clients, outputs } = await cameo.get();
    const { photoRetentionDays } = await settings.own().catch(() => defaults);
    const answers = await unknownAvatar.own().then(
      () => true,
      () => false,
    );
    const directory = partnerDirectory(clients.dynamodb, outputs.TableName);
    const partners = await directory.newest(SAMPLE);
    const shared = {
      directory,
      s3: clients.s3,
      bucketName: outputs.BucketName,
      photoRetentionDays,
    };
    const ports = { ...shared, url: answers ? outputs.Url : undefined, nowMs: Date.now() };
    return Promise.all(partners.map((partner) => lookAt(partner, ports)));
  });
  const photo = fact(LIMITS_MS.photo, 'no photo is served that could be looked at', async () => {
    await unknownAvatar.get();
    const [answer] = (await photos.get()).flatMap(({ served }) => served ?? []);
    if (!answer) throw new NotChecked('no photo is served that could be looked at');
    return answer;
  });
  return {
    stack,
    environment,
    nodeVersion,
    programFolder,
    flags: stack ? ` --stack ${stack}${region ? ` --region ${region}` : ''}` : '',
    aws,
    settings,
    cameo,
    botToken,
    unknownAvatar,
    photos,
    photo,
  };
}

/** Something answers at the edge's address as Cameo does not. */
export class NotCameo extends Error {
  override readonly name = 'NotCameo';
  readonly answer: EdgeAnswer;

  constructor(answer: EdgeAnswer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

/** There is no readable cdk.json. */
export class NoContext extends Error {
  override readonly name = 'NoContext';
}

/** The file of a system that was killed names one that runs no more: its table does not answer. */
async function isRunning({ clients, outputs }: Deployment): Promise<void> {
  await partnerDirectory(clients.dynamodb, outputs.TableName).newest(1);
}

function randomAvatarId(): string {
  return avatarIdOf(randomUUID(), '0');
}
