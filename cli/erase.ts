// `erase`: asks for an erasure, and waits for its receipt, which is done when nothing is left anywhere.

import { SETTLE_MS } from '../core/erasure.ts';
import { accessTo } from './access.ts';
import { type CameoApi, cameoApi, type ReceiptSeen } from './cameo-api.ts';
import { machineClock } from './clock.ts';
import { commandFor, type DeploymentOptions, findDeployment } from './deployment.ts';
import { avatarIdIn, userIdOf } from './partner-id.ts';
import { EXIT, type Outcome } from './perform.ts';
import { senderUntil } from './sender.ts';
import type { Session } from './session.ts';
import { counted } from './status-line.ts';
import { spanOf } from './times.ts';

/** The options of `erase`. */
export interface EraseOptions extends DeploymentOptions {
  /** Not to be asked. */
  readonly yes?: boolean;
}

// The receipt is done when the second sweep is, SETTLE_MS after the first. Behind a queue that is held up it takes
// longer; after ten times as long it will not be soon.
const PATIENCE_MS = 10 * SETTLE_MS;

const LOOK_EVERY_MS = 1_000;

/** Erases a user. Throws Mistake and Unreachable; an erasure that has begun goes on without this command. */
export async function erase(
  given: string,
  options: EraseOptions,
  session: Session,
): Promise<Outcome> {
  const userId = userIdOf(given);
  const deployment = await findDeployment(options, session.environment);
  const avatarId = await avatarIdIn(deployment, userId);
  const { Url } = deployment.outputs;
  if (!options.yes && !(await session.confirm(`Erase user ${userId} of ${Url} for good?`))) {
    return notErased(userId, avatarId, session);
  }
  const api = cameoApi(await accessTo(deployment), machineClock.nowMs);
  const sender = senderUntil(session.stopped, machineClock);
  const begun = await sender.send(() => api.erase(userId));
  if (begun.kind === 'refused') {
    const { reason } = begun;
    return failed({ userId, avatarId, state: 'refused', reason }, `User ${userId}: ${reason}`);
  }
  if (begun.kind === 'stopped') return notErased(userId, avatarId, session);
  const receipt = await receiptOf(api, begun.value.erasureId, session);
  const document = { userId, avatarId, ...receipt };
  if (receipt.state === 'done') return done(userId, document, receipt, session);
  return unlessStopped(
    session,
    failed(
      document,
      `The erasure goes on without this command: ${commandFor(deployment, `inspect ${userId}`)} tells whether it is over.`,
    ),
  );
}

/** The last receipt that was seen: done, or as it stood when patience or the operator ended the waiting. */
async function receiptOf(
  api: CameoApi,
  erasureId: string,
  { screen, stopped }: Session,
): Promise<ReceiptSeen> {
  const clock = machineClock;
  const sender = senderUntil(stopped, clock);
  const startMs = clock.nowMs();
  let last: ReceiptSeen = {
    erasureId,
    state: 'pending',
    requestedAt: new Date(startMs).toISOString(),
    completedAt: null,
    objects: 0,
  };
  const unwatch = screen.watch(() => {
    const sinceMs = clock.nowMs() - startMs;
    const text = `Erasing for ${spanOf(sinceMs)} (half a minute is usual): ${counted(last.objects, 'picture')} deleted`;
    return { text };
  });
  try {
    while (last.state === 'pending' && clock.nowMs() - startMs < PATIENCE_MS && !stopped.aborted) {
      const seen = await sender.send(() => api.receipt(erasureId));
      if (seen.kind === 'refused') break;
      if (seen.kind === 'ok') last = seen.value;
      if (last.state === 'pending') await clock.sleep(LOOK_EVERY_MS, stopped);
    }
  } finally {
    unwatch();
  }
  return last;
}

function done(
  userId: string,
  document: object,
  { erasureId, requestedAt, completedAt, objects }: ReceiptSeen,
  { colours }: Session,
): Outcome {
  const lines = [
    colours.green(
      `User ${userId} is erased: ${counted(objects, 'picture')} deleted, the CDN told.`,
    ),
    `  receipt    ${erasureId}`,
    `  requested  ${requestedAt}`,
    `  completed  ${completedAt}`,
  ];
  return { document, lines, exitCode: EXIT.ok };
}

function notErased(userId: string, avatarId: string, session: Session): Outcome {
  const document = { userId, avatarId, state: 'not erased' };
  return unlessStopped(session, failed(document, 'Nothing was erased.'));
}

/** The exit code of a stopped command is the signal's. */
function unlessStopped({ stopped }: Session, outcome: Outcome): Outcome {
  return stopped.aborted ? { ...outcome, exitCode: undefined } : outcome;
}

function failed(document: object, line: string): Outcome {
  return { document, lines: [line], exitCode: EXIT.notAllWell };
}
