// DynamoDB, S3 and SQS in this process, for the AWS SDK to speak to over HTTP on the loopback address.
// Everything they hold is in the data folder and survives a restart and the death of the process.
import { join } from 'node:path';
import dynalite from 'dynalite';
import { claimDataFolder } from './data-folder.ts';
import { startFauxqs } from './fauxqs.ts';
import { closeServer, listenOnLoopback } from './loopback.ts';

/** The endpoints of the three services, and their common end. */
export interface Emulators {
  readonly dynamodbUrl: string;
  readonly s3Url: string;
  readonly sqsUrl: string;
  stop(): Promise<void>;
}

/** Starts the emulators; throws `DataFolderInUse` if another process has the folder. */
export async function startEmulators({
  dataDir,
}: {
  readonly dataDir: string;
}): Promise<Emulators> {
  const release = claimDataFolder(dataDir);
  const undo: (() => Promise<void> | void)[] = [release];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const path = join(dataDir, 'dynamodb');
    const dynamodb = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    undo.push(() => closeServer(dynamodb));
    const dynamodbUrl = await listenOnLoopback(dynamodb);
    const fauxqs = await startFauxqs(join(dataDir, 's3-sqs'));
    undo.push(() => fauxqs.stop());
    return { dynamodbUrl, s3Url: fauxqs.url, sqsUrl: fauxqs.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
