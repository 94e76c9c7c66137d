// The settings of whichever Cameo it is, read as the deployment or `npm start` will.

import { readSettings as readStackSettings } from '../../lib/settings.ts';
import { readSettings as readLocalSettings } from '../../local/settings.ts';
import { cdkContext } from './program.ts';

/** What checks need of them. */
export interface KnownSettings {
  readonly photoRetentionDays: number;
  /** The bot whose users may sign in; the one of the token on this machine. */
  readonly botId?: string;
  /** Whose pages may read answers: origins, or `*`, as where there are none. */
  readonly allowedOrigins?: readonly string[];
}

/** An origin whose pages may read answers. */
export function anAllowedOrigin({ allowedOrigins = ['*'] }: KnownSettings): string {
  const [first = '*'] = allowedOrigins;
  return first === '*' ? 'https://example.com' : first;
}

/** Where to read them. */
export interface SettingsPlaces {
  readonly stack: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly programFolder: string;
}

/** There is no cdk.json, or no JSON in it. */
export class NoContext extends Error {
  override readonly name = 'NoContext';
}

/** The settings. Rejects with NoContext, InvalidSettings or SettingsMistakes. */
export async function readKnownSettings(places: SettingsPlaces): Promise<KnownSettings> {
  const { stack, environment, programFolder } = places;
  if (!stack) return readLocalSettings(environment);
  const context = cdkContext(programFolder);
  if (!context) throw new NoContext('cdk.json is missing, or no JSON');
  return readStackSettings((name) => context[name], Object.keys(context));
}
