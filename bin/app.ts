// The entrance of `npx cdk`: builds what serve-client's bundle takes in, reads the settings from the context and declares
// the stacks.

import { App } from 'aws-cdk-lib';
import { buildServedFiles } from '../build/client-bundles.ts';
import { InvalidSettings, readSettings, type Settings } from '../lib/settings.ts';
import { declareStacks } from '../lib/stacks.ts';

// A checkout that was updated must not deploy the client of the day before.
buildServedFiles();
const app = new App();
declareStacks(app, settingsOrExit());

function settingsOrExit(): Settings {
  try {
    const given = Object.keys(app.node.getAllContext());
    return readSettings((name) => app.node.tryGetContext(name), given);
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
