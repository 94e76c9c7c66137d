// Puts a status into the document.

import { byId, clockTime, count, duration, element, figure, fromNow, setText } from './dom.js';
import { fillRow, personRow } from './person.js';

const QUEUES = { fetch: 'Fetch', warm: 'Warm', erase: 'Erase' };
const DEPTHS = ['visible', 'inFlight', 'delayed', 'deadLetters'];
const RUN_STATES = { running: 'Running …', waiting: 'Failed, trying again' };
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** Shows a status; rows that are there already keep their images. */
export function show(status) {
  setText(byId('subtitle'), `Version ${status.version}, up ${duration(status.uptimeSeconds)}`);
  showPartners(status.partners);
  showEdge(status.edge);
  showQueues(status.queues);
  showSchedule(status.schedules.warm);
  showTelegram(status);
  showExamples(status.examples);
}

function showPartners(partners) {
  const list = byId('partners');
  const rows = new Map([...list.children].map((row) => [row.dataset.avatarId, row]));
  const wanted = partners.map((partner) => {
    const row = rows.get(partner.avatarId) ?? personRow('li');
    row.dataset.avatarId = partner.avatarId;
    fillRow(row, partner, `${partner.userId} · ${fromNow(partner.joinedAtMs)}`);
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

function showEdge({ requests, hits, refreshHits, errors, originRequests, entries, bytes }) {
  const rate = requests === 0 ? '–' : percent.format((hits + refreshHits) / requests);
  setText(byId('hit-rate'), rate);
  count(byId('requests'), requests);
  count(byId('errors'), errors);
  count(byId('origin-api'), originRequests.api);
  count(byId('origin-photos'), originRequests.photos);
  count(byId('entries'), entries);
  setText(byId('bytes'), `${(bytes / 1024 / 1024).toFixed(1)} MB`);
}

function showQueues(queues) {
  for (const [name, depth] of Object.entries(queues)) {
    const row = byId(`queue-${name}`) ?? queueRow(name);
    for (const [index, of] of DEPTHS.entries()) count(row.cells[index + 1], depth[of]);
    row.cells[DEPTHS.length].classList.toggle('alarming', depth.deadLetters > 0);
  }
}

function queueRow(name) {
  const row = byId('queues').insertRow();
  row.id = `queue-${name}`;
  const head = element('th', '', QUEUES[name] ?? name);
  head.scope = 'row';
  row.append(head);
  for (const _ of DEPTHS) row.insertCell();
  return row;
}

function showSchedule({ state, lastRun, nextRunAtMs, everyMinutes, deadLetters }) {
  const failed = lastRun?.outcome === 'failed' ? ', failed' : '';
  const last = lastRun ? `${clockTime(lastRun.endedAtMs)}${failed}` : 'None yet';
  setText(byId('last-run'), RUN_STATES[state] ?? last);
  // Until a run has answered, nobody knows.
  for (const name of ['looked', 'asked']) {
    if (lastRun?.answer) count(byId(name), lastRun.answer[name]);
    else setText(byId(name), '–');
  }
  setText(byId('next-run'), clockTime(nextRunAtMs));
  setText(byId('every'), `${everyMinutes} min`);
  count(byId('failed-runs'), deadLetters);
  byId('failed-runs').classList.toggle('alarming', deadLetters > 0);
}

function showTelegram({ telegram, pausedUntilMs }) {
  const pause = pausedUntilMs === null ? 'None' : `Until ${clockTime(pausedUntilMs)}`;
  setText(byId('pause'), pause);
  byId('pause').classList.toggle('alarming', pausedUntilMs !== null);
  byId('telegram').hidden = telegram === null;
  byId('telegram-real').hidden = telegram !== null;
  if (telegram === null) return;
  const figures = [['Calls running', telegram.inFlight], ...Object.entries(telegram.byMethod)];
  byId('telegram').replaceChildren(...figures.map(([name, value]) => figure(name, value)));
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
