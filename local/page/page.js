// Asks for the status every two seconds while someone looks, and says so when nobody answers.

import { byId } from './dom.js';
import { post } from './local-request.js';
import { show } from './view.js';
import { refreshYou } from './you.js';

const EVERY_MS = 2000;
const PATIENCE_MS = 5000;
const connection = byId('connection');
let timer;
let lastSeen;

async function refresh() {
  clearTimeout(timer);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch('/local/status', { signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    show(await response.json());
    await refreshYou();
    lastSeen = new Date();
    say('live', 'Live');
  } catch {
    const since = lastSeen ? ` since ${lastSeen.toLocaleTimeString()}` : '';
    say('gone', `No answer${since}, trying again`);
  }
  document.querySelector('main').classList.remove('waiting');
  // Cleared once more: becoming visible may have begun a second round meanwhile.
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, EVERY_MS);
}

async function runNow() {
  const button = byId('run-now');
  button.disabled = true;
  try {
    await post('/local/schedule/warm/run');
    await refresh();
  } catch {
    say('gone', 'The run could not be started, try again');
  } finally {
    button.disabled = false;
  }
}

function say(state, text) {
  // A live region is read out at each change, so it changes only with the news.
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = text;
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});
byId('run-now').onclick = runNow;
refresh();
