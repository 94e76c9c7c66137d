// A partner in a line: avatar, name and what is known of the photo. All of it is a stranger's text.

import { element, setText } from './dom.js';

const STATES = {
  stored: 'Stored',
  pending: 'Fetching …',
  none: 'No photo',
  erasing: 'After erasing',
};

/** An empty row; `tag` is what it is in its surroundings. */
export function personRow(tag) {
  const row = element(tag, 'partner');
  const avatar = element('div', 'avatar');
  avatar.ariaHidden = 'true';
  avatar.append(element('span', 'initials'));
  const text = element('div', 'text');
  // Whatever direction a name has, it ends with the name.
  text.append(element('bdi', 'name'), element('p', 'meta'));
  row.append(avatar, text, element('p', 'state'));
  return row;
}

/** Shows a person in a row; images that are there already stay. */
export function fillRow(row, { name, initials, colour, state, lqip, avatarUrl }, meta) {
  const part = (of) => row.querySelector(`.${of}`);
  part('avatar').className = `avatar peer-${Number(colour) % 7}`;
  setText(part('initials'), initials);
  setText(part('name'), name || 'No name');
  setText(part('meta'), meta);
  setText(part('state'), STATES[state] ?? state);
  part('state').dataset.state = state;
  if (lqip?.startsWith('data:image/')) image(row, 'lqip').src = lqip;
  else part('lqip')?.remove();
  if (state === 'stored') showPhoto(image(row, 'photo'), avatarUrl);
  else part('photo')?.remove();
}

function image(row, className) {
  const there = row.querySelector(`.${className}`);
  if (there) return there;
  const made = element('img', className);
  made.alt = '';
  row.querySelector('.avatar').append(made);
  return made;
}

function showPhoto(photo, avatarUrl) {
  const { pathname, search } = new URL(avatarUrl, location.origin);
  if (photo.getAttribute('src') === pathname + search) return;
  photo.onload = () => photo.classList.add('loaded');
  // What is under it stays, and the next status asks once more.
  photo.onerror = () => photo.remove();
  photo.src = pathname + search;
}
