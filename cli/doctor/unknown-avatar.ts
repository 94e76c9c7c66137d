// One request that goes the whole way: no cache has the answer, and the table has to say that nobody is known.

import { randomUUID } from 'node:crypto';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { currentPath } from '../../core/avatar-url.ts';
import { DEFAULT_SIZE } from '../../core/sizes.ts';
import { askEdge, type EdgeAnswer } from './edge-request.ts';

/** Something answers at the edge's address as Cameo does not. */
export class NotCameo extends Error {
  override readonly name = 'NotCameo';
  readonly answer: EdgeAnswer;

  constructor(answer: EdgeAnswer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

/** Asks for an avatar that nobody has. Rejects with EdgeUnreachable and NotCameo. */
export async function askForNobody(url: string): Promise<EdgeAnswer> {
  const nobody = avatarIdOf(randomUUID(), '0');
  const answer = await askEdge(url + currentPath(nobody, DEFAULT_SIZE));
  if (answer.status === 302 && answer.headers.get('x-avatar') === 'unknown') return answer;
  throw new NotCameo(answer);
}
