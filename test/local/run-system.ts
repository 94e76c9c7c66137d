// A child process of the tests: starts the system of its environment, registers a partner, stops the system
// while a viewer waits for the photo, and says what then is left. It never exits by itself, so that what keeps a process alive keeps it.

import { setLatency } from '../../local/bot-api/control.ts';
import { claimDataFolder } from '../../local/data-folder.ts';
import { readSettings } from '../../local/settings.ts';
import { startSystem } from '../../local/system.ts';

const settings = readSettings(process.env);
const report: Record<string, unknown> = {};
try {
  const system = await startSystem(settings, (error) => process.stderr.write(`${error}\n`));
  await setLatency(system.standInUrl ?? '', { getFile: 300 });
  const { serviceKey } = system.keys;
  const response = await fetch(`${system.url}/api/partner/1001`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${serviceKey}` },
    body: JSON.stringify({ firstName: 'Ada' }),
  });
  const { avatarId } = await response.json();
  const photo = fetch(`${system.url}/avatars/${avatarId}?wait=5`);
  // The registration is the first request that reaches the API, the viewer's is the second.
  while ((await apiRequests(system.url)) < 2);
  const stopped = system.stop();
  report.photo = (await photo).headers.get('content-type');
  await (await photo).arrayBuffer();
  await stopped;
} catch (error) {
  const { name, message, code } = error as NodeJS.ErrnoException;
  report.error = { name, message, code };
}
// Without this process's own sockets as a viewer, which take a moment to close.
report.resources = process
  .getActiveResourcesInfo()
  .filter((resource) => /^(TCPServer|Timeout|Immediate)/.test(resource));
report.folderIsFree = isFree(settings.dataDir);
process.stdout.write(JSON.stringify(report));

function isFree(dataDir: string): boolean {
  try {
    claimDataFolder(dataDir)();
    return true;
  } catch {
    return false;
  }
}

async function apiRequests(url: string): Promise<number> {
  const status = await fetch(`${url}/local/status`);
  return (await status.json()).edge.originRequests.api;
}
