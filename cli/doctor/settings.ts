// The settings of the next deployment, or of the next `npm start` in this shell.

import { InvalidSettings } from '../../lib/settings.ts';
import { SettingsMistakes } from '../../local/settings.ts';
import type { Check } from './check.ts';
import { failed, ok } from './finding.ts';
import { NoContext } from './known-settings.ts';

/** Whether every setting can work. */
export const settings: Check = {
  name: 'settings',
  title: 'Settings',
  asks: 'Can every setting work: the context of cdk.json, or the environment of npm start?',
  async look({ stack, settings: read }) {
    const place = stack ? 'cdk.json' : 'the environment';
    try {
      await read.own();
      return ok(`${place} has no mistake`);
    } catch (error) {
      if (error instanceof NoContext) {
        return failed(error.message, {
          text: 'Take it from the repository again.',
          command: 'git checkout cdk.json',
        });
      }
      if (!(error instanceof InvalidSettings || error instanceof SettingsMistakes)) throw error;
      const mistakes = error.message.split('\n');
      const text = `Mend in ${place}, and then ${stack ? 'deploy' : 'start'} again: ${mistakes[0]}`;
      return failed(`${place} has ${countOf(mistakes.length)}`, { text }, mistakes);
    }
  },
};

function countOf(mistakes: number): string {
  return mistakes === 1 ? 'a mistake' : `${mistakes} mistakes`;
}
