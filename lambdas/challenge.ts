// A refusal that tells how to come in.

import { Unauthenticated } from '../core/errors.ts';

/** A scheme of the `Authorization` header. */
export type Scheme = 'tma' | 'Bearer';

/** Unauthenticated, with the schemes that the route takes. */
export class Challenge extends Unauthenticated {
  readonly schemes: readonly Scheme[];

  constructor(message: string, schemes: readonly Scheme[]) {
    super(message);
    this.schemes = schemes;
  }
}
