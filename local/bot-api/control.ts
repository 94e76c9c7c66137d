// The knobs of a running stand-in as functions, for tests and benches. Each rejects with the text of
// the answer if the stand-in refuses it.

import type { UserReport } from './control-users.ts';
import type { CounterReport } from './counters.ts';
import type { Fault } from './fault.ts';
import type { Photograph } from './photographs.ts';
import type { Latency } from './state.ts';

/** Gives the user the next photograph. */
export async function changePhoto(apiRoot: string, userId: number): Promise<UserReport> {
  return userReport(await ask(apiRoot, 'POST', `users/${userId}/photo/change`));
}

/** Gives the user a photograph by name, or bytes of any kind as a photo. */
export async function setPhoto(
  apiRoot: string,
  userId: number,
  photo: Photograph | Uint8Array<ArrayBuffer>,
): Promise<UserReport> {
  const body = typeof photo === 'string' ? { photograph: photo } : photo;
  return userReport(await ask(apiRoot, 'PUT', `users/${userId}/photo`, body));
}

/** Deletes the user's newest photo; the one before it comes back. */
export async function deletePhoto(apiRoot: string, userId: number): Promise<UserReport> {
  return userReport(await ask(apiRoot, 'DELETE', `users/${userId}/photo`));
}

/** Hides the user's photos from the bot. */
export async function hidePhotos(apiRoot: string, userId: number): Promise<UserReport> {
  return userReport(await ask(apiRoot, 'POST', `users/${userId}/hide`));
}

/** Shows the user's photos to the bot again. */
export async function unhidePhotos(apiRoot: string, userId: number): Promise<UserReport> {
  return userReport(await ask(apiRoot, 'POST', `users/${userId}/unhide`));
}

/** The 640 px bytes that Telegram shows of the user now; rejects if there are none. */
export async function currentPhoto(apiRoot: string, userId: number): Promise<Buffer> {
  const response = await ask(apiRoot, 'GET', `users/${userId}/photo`);
  return Buffer.from(await response.arrayBuffer());
}

/** Makes calls wait this many ms each; those that are left out don't. */
export async function setLatency(apiRoot: string, latency: Latency): Promise<void> {
  await ask(apiRoot, 'PUT', 'latency', latency);
}

/** Puts a fault behind those that are in force. */
export async function addFault(apiRoot: string, fault: Fault): Promise<void> {
  await ask(apiRoot, 'POST', 'faults', fault);
}

/** The faults that are not used up. */
export async function listFaults(apiRoot: string): Promise<Fault[]> {
  return (await (await ask(apiRoot, 'GET', 'faults')).json()) as Fault[];
}

/** Ends all faults. */
export async function clearFaults(apiRoot: string): Promise<void> {
  await ask(apiRoot, 'DELETE', 'faults');
}

/** What was called since the start or the last reset. */
export async function readCounters(apiRoot: string): Promise<CounterReport> {
  const response = await ask(apiRoot, 'GET', 'counters');
  return (await response.json()) as CounterReport;
}

/** Counts from zero again. */
export async function resetCounters(apiRoot: string): Promise<void> {
  await ask(apiRoot, 'DELETE', 'counters');
}

/** Accepts this token from now on and no other. */
export async function rotateToken(apiRoot: string, token: string): Promise<void> {
  await ask(apiRoot, 'PUT', 'token', { token });
}

/** Puts everything back to the start: users, token, latency, faults and counters. */
export async function resetBotApi(apiRoot: string): Promise<void> {
  await ask(apiRoot, 'POST', 'reset');
}

async function userReport(response: Response): Promise<UserReport> {
  return (await response.json()) as UserReport;
}

async function ask(
  apiRoot: string,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  const init: RequestInit = { method };
  if (body instanceof Uint8Array) init.body = body as Uint8Array<ArrayBuffer>;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'content-type': 'application/json' };
  }
  const response = await fetch(`${apiRoot}/control/${path}`, init);
  if (!response.ok) throw new Error(`${method} /control/${path}: ${await response.text()}`);
  return response;
}
