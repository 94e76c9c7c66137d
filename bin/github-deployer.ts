// The entrance of `npx cdk --app 'node_modules/.bin/node bin/github-deployer.ts'`: what GitHub needs to deploy Cameo
// (docs/delivery.md). Apart from bin/app.ts, so that the role that deploys Cameo cannot change itself with it.

import { App } from 'aws-cdk-lib';
import { GitHubDeployer } from '../lib/github-deployer.ts';
import {
  type GitHubDeployerSettings,
  readGitHubDeployerSettings,
} from '../lib/github-deployer-settings.ts';
import { InvalidSettings, readSettings } from '../lib/settings.ts';

const app = new App();
new GitHubDeployer(app, 'cameo-github', {
  description: 'Cameo: the roles with which GitHub compares and deploys',
  ...settingsOrExit(),
});

/** Whoever deploys from GitHub deploys what cdk.json says, the name of the environment included. */
function settingsOrExit(): { settings: GitHubDeployerSettings; deploys: string } {
  const context = (name: string): unknown => app.node.tryGetContext(name);
  try {
    const settings = readGitHubDeployerSettings(context);
    return { settings, deploys: readSettings(context).stackName };
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
