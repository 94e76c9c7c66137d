// The control routes of one user: look, change, hide and delete the photo.
import type { ControlHandler } from './control-request.ts';
import { InvalidControlInput } from './fault.ts';
import { uniqueFileId } from './file-ids.ts';
import { isPhotograph } from './photographs.ts';
import { bytes, json, type Reply } from './reply.ts';
import type { State } from './state.ts';
import {
  type User,
  uploadBytes,
  visibleUploads,
  withNextPhoto,
  withoutNewestPhoto,
  withPhoto,
} from './user.ts';

/** What the control routes tell of a user: the photos newest first, hidden ones included. */
export interface UserReport {
  userId: number;
  hidden: boolean;
  photos: { photograph: string; bigUniqueId: string }[];
}

/** The user as JSON, 404 if Telegram does not know the user. */
export const showUser: ControlHandler = ({ userId, state }) => {
  const user = state.users.find(userId);
  return user === undefined ? json(404, { error: 'unknown user' }) : report(userId, user);
};

/** The 640 px bytes that Telegram shows now, 404 if it shows none. */
export const showPhoto: ControlHandler = ({ userId, state }) => {
  const user = state.users.find(userId);
  const upload = user && visibleUploads(user)[0];
  return upload === undefined
    ? json(404, { error: 'no photo' })
    : bytes(uploadBytes(upload, 640), 'image/jpeg');
};

/** Gives the user a photograph by name if the body is JSON, else the body itself as a photo. */
export const putPhoto: ControlHandler = ({ userId, state, isJson, body, readJson }) => {
  const picture = isJson ? readJson().photograph : body;
  if (!isPhotograph(picture) && !Buffer.isBuffer(picture)) {
    throw new InvalidControlInput('photograph is not the name of one');
  }
  if (picture.length === 0) throw new InvalidControlInput('the photo has no bytes');
  return change(state, userId, (user) => withPhoto(user, picture));
};

/** Gives the user the photograph that follows the newest one. */
export const changePhoto: ControlHandler = ({ userId, state }) =>
  change(state, userId, withNextPhoto);

/** Deletes the user's newest photo; the one before it comes back. */
export const deletePhoto: ControlHandler = ({ userId, state }) =>
  change(state, userId, withoutNewestPhoto);

/** Hides all photos of the user from the bot, as the privacy setting does. */
export const hidePhotos: ControlHandler = ({ userId, state }) =>
  change(state, userId, (user) => ({ ...user, hidden: true }));

/** Shows the user's photos to the bot again. */
export const unhidePhotos: ControlHandler = ({ userId, state }) =>
  change(state, userId, (user) => ({ ...user, hidden: false }));

function change(state: State, userId: number, how: (user: User) => User): Reply {
  return report(userId, state.users.change(userId, how));
}

function report(userId: number, { hidden, uploads }: User): Reply {
  const photos = uploads.map(({ serial, picture }) => ({
    photograph: isPhotograph(picture) ? picture : 'custom',
    bigUniqueId: uniqueFileId({ userId, serial, width: 640 }),
  }));
  return json(200, { userId, hidden, photos } satisfies UserReport);
}
