// The entrance of `npx cdk`: reads the settings from the context and declares the one stack.

import { App } from 'aws-cdk-lib';
import { CameoStack } from '../lib/cameo-stack.ts';
import { InvalidSettings, readSettings, type Settings } from '../lib/settings.ts';

const app = new App();
new CameoStack(app, 'cameo', {
  description: 'Cameo: Telegram avatars from your own CDN',
  settings: settingsOrExit(),
});

function settingsOrExit(): Settings {
  try {
    return readSettings((name) => app.node.tryGetContext(name));
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
