// One of the newest partners: is the photo known, is it stored, and does the edge serve the bytes that are stored?

import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { partnerDirectory } from '../../adapters/partner-directory.ts';
import { photoKey, versionedPath } from '../../core/avatar-url.ts';
import { type Partner, type PhotoState, photoStateOf } from '../../core/partner.ts';
import type { PartnerDirectory } from '../../core/ports.ts';
import { DEFAULT_SIZE, SIZES, type Size } from '../../core/sizes.ts';
import type { Deployment } from '../deployment.ts';
import { askEdge, type EdgeAnswer } from './edge-request.ts';
import { anAllowedOrigin, type KnownSettings } from './known-settings.ts';

/** What was seen. */
export interface PhotoLook {
  readonly avatarId: string;
  readonly state: PhotoState;
  /** Absent where nothing is wrong. */
  readonly trouble?: PhotoTrouble;
  /** Of which size, where it is about one. */
  readonly size?: Size;
  /** The edge's answer, where it is the stored photo. */
  readonly served?: EdgeAnswer;
}

/**
 * `late`: Telegram has not been asked for ten minutes. `missing`: not in the bucket; `dropped`: neither, but the
 * retention may have taken it. `spoilt`: in the bucket, and no WebP. `unserved`: the edge gives something else.
 */
export type PhotoTrouble = 'spoilt' | 'missing' | 'unserved' | 'dropped' | 'late';

/** What a look needs; without `url` nobody asks the edge. */
export interface PhotoLookPorts {
  readonly directory: Pick<PartnerDirectory, 'many'>;
  readonly s3: S3Client;
  readonly bucketName: string;
  readonly url: string | undefined;
  readonly photoRetentionDays: number;
  /** Of whose page the edge is asked. */
  readonly origin: string;
  readonly nowMs: number;
}

// Enough to see what is common, and twenty reads of small objects at most.
const SAMPLE = 5;

/** Looks at the newest partners; at the edge only if it answers. */
export async function lookAtNewest(
  { clients, outputs }: Pick<Deployment, 'clients' | 'outputs'>,
  settings: KnownSettings,
  edgeAnswers: boolean,
): Promise<PhotoLook[]> {
  const directory = partnerDirectory(clients.dynamodb, outputs.TableName);
  const ports = {
    directory,
    s3: clients.s3,
    bucketName: outputs.BucketName,
    url: edgeAnswers ? outputs.Url : undefined,
    photoRetentionDays: settings.photoRetentionDays,
    origin: anAllowedOrigin(settings),
    nowMs: Date.now(),
  };
  return Promise.all((await directory.newest(SAMPLE)).map((partner) => lookAt(partner, ports)));
}

// Retries of a failing fetch take about four minutes in all.
const LATE_AFTER_MS = 10 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Looks at a partner. Where something is wrong it looks twice: a photo may be replaced between two reads. */
export async function lookAt(partner: Partner, ports: PhotoLookPorts): Promise<PhotoLook> {
  const look = await lookOnce(partner, ports);
  if (!look.trouble) return look;
  const now = (await ports.directory.many([partner.avatarId])).get(partner.avatarId);
  const isReplaced = now && now.photo?.photoId !== partner.photo?.photoId;
  return isReplaced ? lookOnce(now, ports) : look;
}

async function lookOnce(partner: Partner, ports: PhotoLookPorts): Promise<PhotoLook> {
  const { avatarId, photo, joinedAtMs } = partner;
  const ageMs = ports.nowMs - joinedAtMs;
  const known = { avatarId, state: photoStateOf(partner) };
  if (!photo) {
    const isLate = known.state === 'pending' && ageMs > LATE_AFTER_MS;
    return isLate ? { ...known, trouble: 'late' } : known;
  }
  const versions = SIZES.map((size) => ({ avatarId, photoId: photo.photoId, size }));
  const stored = await Promise.all(versions.map((version) => read(ports, photoKey(version))));
  const missing = SIZES.find((_, n) => !stored[n]);
  if (missing) {
    const mayBeDropped = ageMs > ports.photoRetentionDays * DAY_MS;
    return { ...known, trouble: mayBeDropped ? 'dropped' : 'missing', size: missing };
  }
  const spoilt = SIZES.find((_, n) => !isWebp(stored[n]));
  if (spoilt) return { ...known, trouble: 'spoilt', size: spoilt };
  if (!ports.url) return known;
  const path = versionedPath({ avatarId, photoId: photo.photoId, size: DEFAULT_SIZE });
  const answer = await askEdge(ports.url + path, ports.origin).catch(() => undefined);
  return answer && isPhoto(answer, stored[SIZES.indexOf(DEFAULT_SIZE)])
    ? { ...known, served: answer }
    : { ...known, trouble: 'unserved' };
}

async function read(
  { s3, bucketName }: PhotoLookPorts,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** By its container (RFC 9649, 2.4): the form, and the length of what follows the first eight bytes. */
function isWebp(bytes: Uint8Array = new Uint8Array()): boolean {
  const header = Buffer.from(bytes.subarray(0, 12));
  const text = header.toString('latin1');
  return (
    text.startsWith('RIFF') && text.endsWith('WEBP') && header.readUInt32LE(4) + 8 === bytes.length
  );
}

function isPhoto({ status, headers, bytes }: EdgeAnswer, stored: Uint8Array | undefined): boolean {
  return (
    status === 200 &&
    headers.get('content-type') === 'image/webp' &&
    stored !== undefined &&
    Buffer.compare(bytes, stored) === 0
  );
}
