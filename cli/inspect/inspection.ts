// All that a Cameo knows of one partner, gathered side by side; the edge is looked at last, since that look asks for a
// photo that is missing.

import { type DeadLetter, peekDeadLetters } from '../../adapters/dead-letters.ts';
import { type PartnerStanding, partnerStanding } from '../../adapters/partner-standing.ts';
import { type StoredPicture, storedPictures } from '../../adapters/photo-listing.ts';
import { telegramBudget } from '../../adapters/telegram-budget.ts';
import { currentPath } from '../../core/avatar-url.ts';
import { refreshAgeMsOf } from '../../core/freshness.ts';
import { DEFAULT_SIZE } from '../../core/sizes.ts';
import type { QueueName } from '../../core/topology.ts';
import { commandFor, type Deployment } from '../deployment.ts';
import { type QueueStates, queueStates, queueUrls } from '../queues.ts';
import { type EdgeLook, lookAtEdge } from './edge-look.ts';
import { type LastErrors, lastErrors } from './last-errors.ts';

/** A dead letter of the partner. */
export interface OwnDeadLetter extends DeadLetter {
  readonly queue: QueueName;
}

/** What is known of a partner at `nowMs`. */
export interface Inspection extends QueueStates {
  readonly nowMs: number;
  readonly avatarId: string;
  readonly standing: PartnerStanding;
  /** How long an answer of Telegram's is good. */
  readonly refreshAgeMs: number;
  readonly pictures: readonly StoredPicture[];
  /** Until when nobody may ask Telegram; in the past where there is no pause. */
  readonly pausedUntilMs: number;
  readonly deadLetters: readonly OwnDeadLetter[];
  readonly errors: LastErrors;
  readonly edge: EdgeLook;
  /** The command that sends dead letters back. */
  readonly redrive: string;
}

// Looking holds the letters back from others for that time, so it has an end.
const MAX_LETTERS = 500;

/** Gathers it. */
export async function inspectionOf(
  deployment: Deployment,
  avatarId: string,
  nowMs: number,
): Promise<Inspection> {
  const { clients, outputs } = deployment;
  const [standing, pictures, states, pausedUntilMs, errors] = await Promise.all([
    partnerStanding(clients.dynamodb, outputs.TableName, avatarId),
    storedPictures(clients.s3, outputs.BucketName, avatarId),
    queueStates(deployment),
    telegramBudget(clients.dynamodb, outputs.TableName).pausedUntilMs(),
    lastErrors(deployment, avatarId, nowMs),
  ]);
  // After the counts, in which letters that are looked at may be missing.
  const deadLetters = await ownDeadLetters(deployment, avatarId);
  const edge = await lookAtEdge(outputs.Url + currentPath(avatarId, DEFAULT_SIZE));
  return {
    nowMs,
    avatarId,
    standing,
    refreshAgeMs: refreshAgeMsOf(Number(outputs.RefreshHours)),
    pictures: pictures.toSorted((one, other) => one.size - other.size),
    ...states,
    pausedUntilMs,
    deadLetters,
    errors,
    edge,
    redrive: commandFor(deployment, 'redrive'),
  };
}

async function ownDeadLetters(
  { clients, outputs }: Deployment,
  avatarId: string,
): Promise<OwnDeadLetter[]> {
  const entries = Object.entries(queueUrls(outputs)) as [QueueName, { deadLetterUrl: string }][];
  const found = entries.map(async ([queue, { deadLetterUrl }]) => {
    const letters = await peekDeadLetters(clients.sqs, deadLetterUrl, MAX_LETTERS);
    // Whatever is wrong with the body, a job names its partner.
    const own = letters.filter(({ body }) => body.includes(avatarId));
    return own.map((letter) => ({ ...letter, queue }));
  });
  return (await Promise.all(found)).flat();
}
