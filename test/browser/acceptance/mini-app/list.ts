// A Mini App without a framework: a row for each partner, painted from the snapshot whenever it changes.

import type { AvatarClient } from '../../../../client/core/entry.ts';
import { startMiniApp } from './mini-app.ts';

const WIDTH = 150;

startMiniApp((client, { ids }) => {
  const list = document.createElement('ul');
  document.getElementById('root')?.append(list);
  let rows: Row[] = [];
  return {
    mount: async () => {
      rows = ids.map((id) => showRow(client, list, id));
      await Promise.all(rows.map(({ loaded }) => loaded));
    },
    unmount: () => {
      for (const { remove } of rows.splice(0)) remove();
    },
  };
});

interface Row {
  readonly loaded: Promise<unknown>;
  readonly remove: () => void;
}

function showRow(client: AvatarClient, list: HTMLElement, id: string): Row {
  const item = document.createElement('li');
  item.dataset.id = id;
  const image = document.createElement('img');
  image.width = WIDTH;
  image.height = WIDTH;
  const initials = document.createElement('span');
  list.append(item);
  const paint = () => {
    const { src, record } = client.getSnapshot(id, WIDTH);
    image.alt = record?.name ?? '';
    initials.textContent = record?.initials ?? '';
    if (src && image.src !== src) image.src = src;
    const shown = src ? image : initials;
    if (item.firstChild !== shown) item.replaceChildren(shown);
  };
  const unsubscribe = client.subscribe(id, WIDTH, paint);
  paint();
  const remove = () => {
    unsubscribe();
    item.remove();
  };
  return { loaded: client.ensure(id, WIDTH), remove };
}
