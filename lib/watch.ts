// All that looks at the stack: the releases that alarms undo.

import { Construct } from 'constructs';
import { Releases } from './releases.ts';
import type { Watched } from './watched.ts';

/** What is watched. */
export interface WatchProps {
  readonly watched: Watched;
}

/** Creates all of it. Stateless. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { watched }: WatchProps) {
    super(scope, id);
    new Releases(this, 'Releases', watched);
  }
}
