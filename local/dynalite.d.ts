// dynalite ships no types; these are the options and the result that local mode uses.
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Makes a DynamoDB server that does not listen yet; `path` is its LevelDB folder. */
  export default function dynalite(options: {
    readonly path: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): Server;
}
