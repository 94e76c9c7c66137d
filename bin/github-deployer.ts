// The entrance of `npx cdk --app 'node_modules/.bin/node bin/github-deployer.ts'`: what GitHub needs to deploy Cameo
// (docs/delivery.md). Apart from bin/app.ts, so that the role that deploys Cameo cannot change itself with it.

import { App } from 'aws-cdk-lib';
import { GitHubDeployer } from '../lib/github-deployer.ts';
import {
  type GitHubDeployerSettings,
  readGitHubDeployerSettings,
} from '../lib/github-deployer-settings.ts';
import { InvalidSettings } from '../lib/settings.ts';

const app = new App();
new GitHubDeployer(app, 'cameo-github', {
  description: 'Cameo: the roles with which GitHub compares and deploys',
  settings: settingsOrExit(),
  deploys: 'cameo',
});

function settingsOrExit(): GitHubDeployerSettings {
  try {
    return readGitHubDeployerSettings((name) => app.node.tryGetContext(name));
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
