// Puts a status into the document. Names and commands are strangers' text: textContent, never markup.

const STATES = { stored: 'Stored', pending: 'Fetching …', none: 'No photo' };
const number = new Intl.NumberFormat('en');
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const byId = (id) => document.getElementById(id);

/** Shows a status; rows that are there already keep their images. */
export function show(status) {
  setText(byId('subtitle'), `Version ${status.version}, up ${duration(status.uptimeSeconds)}`);
  showPartners(status.partners);
  showEdge(status.edge);
  showQueue(status.queue);
  showTelegram(status.telegram);
  showExamples(status.examples);
}

function showPartners(partners) {
  const list = byId('partners');
  const rows = new Map([...list.children].map((row) => [row.dataset.avatarId, row]));
  const wanted = partners.map((partner) => {
    const row = rows.get(partner.avatarId) ?? partnerRow(partner.avatarId);
    fillRow(row, partner);
    return row;
  });
  const same = wanted.length === list.children.length;
  if (!same || wanted.some((row, index) => row !== list.children[index])) {
    list.replaceChildren(...wanted);
  }
  list.ariaBusy = 'false';
  list.hidden = partners.length === 0;
  byId('empty').hidden = partners.length > 0;
}

function partnerRow(avatarId) {
  const row = element('li', 'partner');
  row.dataset.avatarId = avatarId;
  const avatar = element('div', 'avatar');
  avatar.ariaHidden = 'true';
  avatar.append(element('span', 'initials'));
  const text = element('div', 'text');
  // Whatever direction a name has, it ends with the name.
  text.append(element('bdi', 'name'), element('p', 'meta'));
  row.append(avatar, text, element('p', 'state'));
  return row;
}

function fillRow(row, { userId, name, initials, colour, state, lqip, avatarUrl, joinedAtMs }) {
  const part = (of) => row.querySelector(`.${of}`);
  part('avatar').className = `avatar peer-${Number(colour) % 7}`;
  setText(part('initials'), initials);
  setText(part('name'), name || 'No name');
  setText(part('meta'), `${userId} · ${ago(joinedAtMs)}`);
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

function showEdge({ requests, hits, refreshHits, errors, originRequests, entries, bytes }) {
  const rate = requests === 0 ? '–' : percent.format((hits + refreshHits) / requests);
  setText(byId('hit-rate'), rate);
  count('requests', requests);
  count('errors', errors);
  count('origin-api', originRequests.api);
  count('origin-photos', originRequests.photos);
  count('entries', entries);
  setText(byId('bytes'), `${(bytes / 1024 / 1024).toFixed(1)} MB`);
}

function showQueue({ visible, inFlight, delayed, deadLetters }) {
  count('visible', visible);
  count('in-flight', inFlight);
  count('delayed', delayed);
  count('dead-letters', deadLetters);
  byId('dead-letters').classList.toggle('alarming', deadLetters > 0);
}

function showTelegram(telegram) {
  byId('telegram').hidden = telegram === null;
  byId('telegram-real').hidden = telegram !== null;
  if (telegram === null) return;
  const figures = [['Calls running', telegram.inFlight], ...Object.entries(telegram.byMethod)];
  const rows = figures.map(([name, value]) => {
    const row = element('div', '');
    row.append(element('dt', '', name), element('dd', '', number.format(value)));
    return row;
  });
  byId('telegram').replaceChildren(...rows);
}

function showExamples(examples) {
  const list = byId('examples');
  const shown = [...list.querySelectorAll('code')].map((code) => code.textContent);
  // Made again only if they changed: a button must not vanish from under a finger.
  if (shown.join('\0') === examples.join('\0')) return;
  list.replaceChildren(...examples.map(exampleRow));
}

function exampleRow(command, index) {
  const row = element('li', 'example');
  const button = element('button', '', 'Copy');
  button.type = 'button';
  button.ariaLabel = `Copy command ${index + 1}`;
  button.onclick = () => copy(command, row);
  row.append(element('code', '', command), button);
  return row;
}

async function copy(command, row) {
  try {
    await navigator.clipboard.writeText(command);
    setText(byId('copied'), 'Copied to the clipboard');
    row.querySelector('button').textContent = 'Copied';
    setTimeout(() => {
      row.querySelector('button').textContent = 'Copy';
      setText(byId('copied'), '');
    }, 1500);
  } catch {
    // No clipboard without HTTPS or localhost: the text is selected, and the keyboard does the rest.
    getSelection().selectAllChildren(row.querySelector('code'));
    setText(byId('copied'), 'Selected; copy it with the keyboard');
  }
}

function count(id, value) {
  setText(byId(id), number.format(value));
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function ago(timeMs) {
  const seconds = Math.round((timeMs - Date.now()) / 1000);
  if (seconds > -60) return 'just now';
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
