// `inspect`: one partner from the table to the edge, and what is wrong.

import { type DeploymentOptions, findDeployment } from '../deployment.ts';
import { avatarIdMeant } from '../partner-id.ts';
import { EXIT, type Outcome } from '../perform.ts';
import type { Session } from '../session.ts';
import { adviceFor } from './advice.ts';
import { documentOf } from './document.ts';
import { inspectionOf } from './inspection.ts';
import { linesOf } from './lines.ts';

/** Inspects whom a user id or an avatarId means. Throws Mistake. */
export async function inspect(
  given: string,
  options: DeploymentOptions,
  { environment, colours }: Session,
): Promise<Outcome> {
  const deployment = await findDeployment(options, environment);
  const avatarId = await avatarIdMeant(deployment, given);
  const inspection = await inspectionOf(deployment, avatarId, Date.now());
  return {
    document: documentOf(inspection),
    lines: linesOf(inspection, colours),
    exitCode: adviceFor(inspection).length > 0 ? EXIT.notAllWell : EXIT.ok,
  };
}
