// Whether there is a Cameo at all: what everything further down asks for its parts.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OUTPUTS_FILE } from '../../local/outputs-file.ts';
import { DEFAULT_DATA_DIR } from '../../local/settings.ts';
import { Mistake } from '../mistake.ts';
import { type Check, reasonOf } from './check.ts';
import { bringUp } from './commands.ts';
import { type Finding, failed, NotChecked, ok } from './finding.ts';
import type { Subject } from './subject.ts';

/** The stack with all of its outputs, or the system that runs here. */
export const cameo: Check = {
  name: 'cameo',
  title: 'Cameo',
  asks: 'Is there a Cameo: a stack with all of its outputs, or a system that runs on this machine?',
  async look(subject) {
    try {
      const { outputs } = await subject.cameo.own();
      const details = Object.entries(outputs).map(([name, value]) => `${name} ${value}`);
      return ok(
        `${subject.stack ? `the stack ${subject.stack}` : 'runs here'}, ${outputs.Url}`,
        details,
      );
    } catch (error) {
      if (error instanceof NotChecked) throw error;
      return subject.stack ? noStack(error, subject) : noSystem(error, subject);
    }
  },
};

function noStack(error: unknown, subject: Subject): Finding {
  const text =
    'Check --stack and --region. One that is not there yet, or of an older release, is made by a deployment.';
  const [what = ''] = error instanceof Mistake ? error.message.split(':') : [reasonOf(error)];
  return failed(what, { text, command: bringUp(subject) });
}

function noSystem(error: unknown, { environment }: Subject): Finding {
  const dataDir = environment.CAMEO_DATA_DIR?.trim() || DEFAULT_DATA_DIR;
  const file = join(dataDir, OUTPUTS_FILE);
  if (!(error instanceof Mistake)) {
    return failed('none runs here any more', {
      text: `What ${file} names does not answer (${reasonOf(error)}): the system was ended hard, or hangs. Begin it anew.`,
      command: 'npm start',
    });
  }
  if (existsSync(file)) {
    return failed(`${OUTPUTS_FILE} cannot be read`, {
      text: `The file ${file} is spoilt or of another release. End the system and begin it anew, which writes it.`,
      command: 'npm start',
    });
  }
  return failed('none runs here', {
    text: `Begin one, or set CAMEO_DATA_DIR to the folder of one that runs (it is ${dataDir}), or name a stack by --stack.`,
    command: 'npm start',
  });
}
