// What the first paint does not need, built as a module of its own and loaded behind it.

export { sweep } from './housekeeping.ts';
export { openImageStore } from './image-store.ts';
export { watchChanges } from './live-changes.ts';
export { waitForPhoto } from './wait-for-photo.ts';
