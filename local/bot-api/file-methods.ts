// getFile and the download of what it gave a path to.
import { openFileId } from './file-ids.ts';
import type { Links } from './links.ts';
import { bytes, failure, type Reply, success } from './reply.ts';
import type { Parameters } from './request-body.ts';
import { uploadBytes, visibleUploads } from './user.ts';
import { fileOf, type World } from './world.ts';

/** The most that a bot can download: 20 MB (Bot API, getFile). */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** A path to download the file from, for a file that the user still shows. */
export function getFile(parameters: Parameters, world: World): Reply {
  const fileId = parameters.get('file_id') ?? '';
  if (fileId === '') return failure(400, 'Bad Request: file_id not specified');
  const key = openFileId(fileId, world.bot);
  if (key === undefined) return failure(400, 'Bad Request: invalid file_id');

  const { userId, serial, width } = key;
  const user = world.users.find(userId);
  const upload = user && visibleUploads(user).find((upload) => upload.serial === serial);
  if (upload === undefined) {
    return failure(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
  }
  const file = uploadBytes(upload, width);
  if (file.length > MAX_FILE_BYTES) return failure(400, 'Bad Request: file is too big');
  const ids = fileOf(userId, upload, width, world);
  const path = world.links.issue({ userId, uniqueId: ids.file_unique_id, bytes: file });
  return success({ ...ids, file_path: path });
}

/** The bytes behind a path, typed as nothing in particular, as Telegram does. */
export function download(filePath: string, links: Links): Reply {
  const file = links.open(filePath);
  if (file === undefined) return failure(404, 'Not Found');
  return bytes(file.bytes, 'application/octet-stream', filePath.replace(/^.*\//, ''));
}
