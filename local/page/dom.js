// What the scripts of the page share: nodes, numbers and times. Text goes in as textContent, never as markup.

const number = new Intl.NumberFormat('en');
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export const byId = (id) => document.getElementById(id);

/** Touches the document only if the text is another: a live region is read out at each change. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function count(node, value) {
  setText(node, number.format(value));
}

export function element(tag, className, text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** A row of a `dl`. */
export function figure(name, value) {
  const row = element('div', '');
  const dd = element('dd', '');
  count(dd, value);
  row.append(element('dt', '', name), dd);
  return row;
}

/** Says how far a moment is from now, in the past or to come. */
export function fromNow(timeMs) {
  const seconds = Math.round((timeMs - Date.now()) / 1000);
  const size = Math.abs(seconds);
  if (size < 60) return seconds > 0 ? 'in a moment' : 'just now';
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

export function clockTime(timeMs) {
  return new Date(timeMs).toLocaleTimeString('en-GB');
}

export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
