// Where Cameo is and with what key: those of a stack, or read from --url and the environment. The key is no option:
// a shell keeps those in its history.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refreshAgeMsOf } from '../core/freshness.ts';
import { defaults } from '../core/operator-settings.ts';
import { KEYS_FILE, parseKeys } from '../local/keys.ts';
import { isLoopback } from '../local/loopback.ts';
import { readOutputs } from '../local/outputs-file.ts';
import { DEFAULT_URL } from '../local/settings.ts';
import type { Access } from './cameo-api.ts';
import {
  type Deployment,
  type DeploymentOptions,
  dataDirOf,
  findDeployment,
  stackOf,
} from './deployment.ts';
import { codeOf, Mistake } from './mistake.ts';
import { secretValue } from './secret-value.ts';

/** Which Cameo: its address, or a stack. */
export interface AccessOptions extends DeploymentOptions {
  readonly url?: string;
}

/**
 * The access that the options and the environment mean: an address goes before CAMEO_STACK. Without either it is the
 * Cameo that runs on this machine, unless the environment has an address or a key. Throws Mistake.
 */
export async function findAccess(
  { url, ...options }: AccessOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Access> {
  if (url && options.stack) {
    throw new Mistake('--url and --stack name two Cameos: give one of them.');
  }
  const isFound = !url && (stackOf(options, environment) || runsHere(environment));
  return isFound
    ? accessTo(await findDeployment(options, environment))
    : readAccess(url, environment);
}

function runsHere(environment: NodeJS.ProcessEnv): boolean {
  const isGiven = environment.CAMEO_URL?.trim() || environment.CAMEO_SERVICE_KEY?.trim();
  return !isGiven && readOutputs(dataDirOf(environment)) !== undefined;
}

/** The access to a Cameo that was found, with the service key out of its secret. Throws Mistake. */
export async function accessTo(deployment: Deployment): Promise<Access> {
  const { Url, ServiceKeySecretName, RefreshHours } = deployment.outputs;
  const keys = await secretValue(deployment, 'ServiceKeySecretName');
  const access = accessOf(readUrl(Url), keys, `the secret ${ServiceKeySecretName}`);
  return { ...access, refreshAgeMs: refreshAgeMsOf(Number(RefreshHours)) };
}

/** The access of a call; `givenUrl` is --url. Unset and empty are the same. Throws Mistake without any key in it. */
export function readAccess(givenUrl: string | undefined, environment: NodeJS.ProcessEnv): Access {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const url = readUrl(givenUrl || given('CAMEO_URL') || DEFAULT_URL);
  const fromEnvironment = given('CAMEO_SERVICE_KEY');
  if (fromEnvironment !== undefined) {
    return accessOf(url, fromEnvironment, 'CAMEO_SERVICE_KEY');
  }
  if (!isLoopback(url.hostname)) {
    throw new Mistake(
      `CAMEO_SERVICE_KEY is not set: ${url.origin} takes no import without its service key.`,
    );
  }
  const file = join(dataDirOf(environment), KEYS_FILE);
  return accessOf(url, readKeyFile(file), file);
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Not repeated in the mistake: it may hold a password.
  if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new Mistake(
      `The address of Cameo is not of the form https://host: give such a one in --url or CAMEO_URL.`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Mistake(
      `${url.origin} would get the service key over plain http: give an https URL, or one on this machine.`,
    );
  }
  return url;
}

/** There may be two keys while one takes the other's place: either will do. */
function accessOf(url: URL, keys: string, keySource: string): Access {
  const [serviceKey = ''] = keys.split(/\s+/);
  // fetch would repeat a key that no header can carry in its error.
  if (!/^[\x21-\x7E]+$/.test(serviceKey)) {
    throw new Mistake(
      `The service key of ${keySource} has a character that no HTTP header carries: give it as Cameo has it.`,
    );
  }
  const refreshAgeMs = refreshAgeMsOf(defaults.refreshHours);
  return { url: url.origin, serviceKey, keySource, refreshAgeMs };
}

function readKeyFile(file: string): string {
  const keys = parseKeys(readText(file));
  if (keys) return keys.serviceKey;
  throw new Mistake(
    `${file} does not hold the keys of npm start: set CAMEO_SERVICE_KEY to the key of this Cameo.`,
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Mistake(
      `CAMEO_SERVICE_KEY is not set, and ${file} cannot be read (${codeOf(error)}): set the one, or CAMEO_DATA_DIR to the data folder of npm start.`,
      { cause: error },
    );
  }
}
