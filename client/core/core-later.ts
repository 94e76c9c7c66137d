// What the first paint does not need, built as a module of its own and loaded beside the first question to the API.

export { sweep } from './housekeeping.ts';
export { openImageStore } from './image-store.ts';
export { watchChanges } from './live-changes.ts';
export { pictureLoader } from './load-picture.ts';
