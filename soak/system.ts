// `npm start` in a process of its own, which is killed and comes back on the same port and folder.

import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { undoAtExit } from '../bench/leftovers.ts';
import type { Status } from '../local/page/status.ts';
import { endProcess, newDataDir, readyUrl, spawnCameo } from '../test/acceptance/running-cameo.ts';

/** The system under load. */
export interface System {
  readonly url: string;
  readonly dataDir: string;
  /** Whether the process is there and has said so. */
  readonly isUp: boolean;
  /** How often it was killed so far. */
  readonly kills: number;
  /** Everything that it printed so far, before the kill, too. */
  output(): string;
  status(): Promise<Status>;
  /** Kills it as nothing can be caught: SIGKILL. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it in order; the exit code, or the signal that ended it. */
  end(): Promise<number | NodeJS.Signals | null>;
}

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/** Starts it on a new folder with this environment; `onDeath` is told if it ends by itself. */
export async function startSystem(
  environment: Record<string, string>,
  onDeath: (output: string) => void,
): Promise<System> {
  const dataDir = newDataDir();
  // A process that was killed a moment ago may write its last file while the folder is being emptied.
  undoAtExit(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const outputs: (() => string)[] = [];
  let running: Running | undefined;

  async function start(port: string): Promise<string> {
    const started = spawnCameo(dataDir, { ...environment, PORT: port });
    const { child, output } = started;
    undoAtExit(() => child.kill('SIGKILL'));
    outputs.push(output);
    const url = await readyUrl(child, output);
    running = started;
    child.once('exit', () => {
      if (running === started) onDeath(output().slice(-2_000));
    });
    return url;
  }

  async function end(signal: NodeJS.Signals) {
    const ending = running;
    running = undefined;
    return ending ? endProcess(ending.child, signal) : null;
  }

  const url = await start('0');
  let kills = 0;
  return {
    url,
    dataDir,
    get isUp() {
      return running !== undefined;
    },
    get kills() {
      return kills;
    },
    output: () => outputs.map((output) => output()).join(''),
    status: async () => {
      // A connection that is kept would be one of the handles that are counted.
      const answer = await fetch(`${url}/local/status`, { headers: { connection: 'close' } });
      return (await answer.json()) as Status;
    },
    async kill() {
      kills++;
      await end('SIGKILL');
    },
    async restart() {
      await start(new URL(url).port);
    },
    end: () => end('SIGTERM'),
  };
}
