// The demo user as a Mini App's would be: signed in, registered, shown, erased, by the partner API alone.

import { byId, setText } from './dom.js';
import { post } from './local-request.js';
import { fillRow, personRow } from './person.js';

const PATIENCE_MS = 8000;
let me;
let erasureId;
let isRecognised = false;

/** Looks after what is under way: a photo that is on its way, an erasure that is not done. */
export async function refreshYou() {
  if (!isRecognised) await settled(recognise);
  if (me?.state === 'pending') await settled(async () => showMe(await find(me.avatarId)));
  if (erasureId) await settled(lookAtErasure);
}

/** Shows her who joined before the page was loaded; who did not, does not join by being looked for. */
async function recognise() {
  const { initData } = await post('/local/sign-in');
  const { id } = JSON.parse(new URLSearchParams(initData).get('user'));
  const found = await find(String(id));
  // Who has pressed a button meanwhile is known better.
  if (isRecognised) return;
  isRecognised = true;
  showMe(found);
  setText(byId('you-news'), '');
}

async function join() {
  isRecognised = true;
  showMe(await call('POST', '/api/partner/me'));
  setText(byId('you-news'), '');
  if (erasureId) await lookAtErasure();
}

/** Her record; `undefined` where she has not joined. */
async function find(id) {
  const { partners } = await call('POST', '/api/partner/resolve', { ids: [id] });
  return partners[0].state === 'unknown' ? undefined : partners[0];
}

async function erase() {
  const answer = await call('DELETE', '/api/partner/me');
  erasureId = answer.erasureId;
  showMe(undefined);
  await lookAtErasure();
}

async function lookAtErasure() {
  const { state, objects } = await call('GET', `/api/partner/erasures/${erasureId}`);
  const gone = `${objects} stored ${objects === 1 ? 'picture' : 'pictures'} deleted`;
  if (state !== 'done') {
    const then = me ? ', and then your new photo comes' : '';
    setText(
      byId('you-news'),
      `Erasing: ${gone} so far. This takes half a minute${then}. Receipt ${erasureId}`,
    );
    return;
  }
  setText(byId('you-news'), `Erased: ${gone}. Receipt ${erasureId}`);
  erasureId = undefined;
}

/** Each call is signed anew, so no sign-in runs out while the page is open. */
async function call(method, path, body) {
  const { initData } = await post('/local/sign-in');
  const response = await fetch(path, {
    method,
    headers: { authorization: `tma ${initData}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? answer.title);
  return answer;
}

function showMe(record) {
  me = record;
  const place = byId('you');
  place.hidden = record === undefined;
  byId('you-invitation').hidden = record !== undefined;
  byId('sign-in').hidden = record !== undefined;
  byId('erase').hidden = record === undefined;
  if (record === undefined) return place.replaceChildren();
  if (!place.firstChild) place.append(personRow('div'));
  const state = erasureId && record.state === 'pending' ? 'erasing' : record.state;
  fillRow(place.firstChild, { ...record, state, avatarUrl: record.urls[150] }, record.userId);
}

async function settled(step) {
  try {
    await step();
  } catch (error) {
    setText(byId('you-news'), `That did not work: ${error.message}`);
  }
}

for (const [id, step] of [
  ['sign-in', join],
  ['erase', erase],
]) {
  byId(id).onclick = async () => {
    byId(id).disabled = true;
    await settled(step);
    byId(id).disabled = false;
    // Not to the other button, which a second press would then push.
    if (byId(id).hidden) byId('you-title').focus();
  };
}
