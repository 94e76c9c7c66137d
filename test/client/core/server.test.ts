// Nothing of a browser is there: this is what a server that renders the page has.

import { expect, test } from 'vitest';
import { createAvatarClient } from '../../../client/core/entry.ts';

test('on a server a client knows what it is given, asks for nothing and keeps nothing alive', async () => {
  let asked = 0;
  const client = createAvatarClient({
    endpoint: 'https://cdn.example',
    scope: '1',
    getAuthorization: () => `tma ${++asked}`,
  });

  const before = await client.ensure('7', 150);
  await client.prefetch(['7']);
  await client.ready;
  client.invalidate(['7']);
  client.setScope('2');
  await client.clear();
  const { capabilities } = client.monitor.getStats();
  client.destroy();

  expect(before.status).toBe('idle');
  expect(asked).toBe(0);
  expect(capabilities).toEqual({
    localStorage: false,
    indexedDb: false,
    serviceWorker: false,
    broadcastChannel: false,
  });
});
