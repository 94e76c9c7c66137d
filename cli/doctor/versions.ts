// The ground: Node and the CDK, as package.json pins them.

import type { Check } from './check.ts';
import { failed, ok, warning } from './finding.ts';
import { installedVersion, pinnedVersion } from './program.ts';

/** Node itself. */
export const node: Check = {
  name: 'node',
  title: 'Node',
  asks: 'Does the Node run that package.json pins and the functions run on?',
  async look({ nodeVersion, programFolder }) {
    const pinned = pinnedVersion(programFolder, 'node') ?? '';
    const runs = nodeVersion.replace(/^v/, '');
    const [ours, theirs] = [majorOf(runs), majorOf(pinned)];
    if (ours < theirs) {
      return failed(`${runs} runs, ${pinned} is pinned`, {
        text: 'Install what package.json pins, and run the command by npx, which takes the Node of the project.',
        command: 'npm ci && npx cameo doctor',
      });
    }
    if (ours > theirs) {
      return warning(`${runs} runs, ${pinned} is what it is tested with`, {
        text: 'Run the command by npx, which takes the Node of the project.',
        command: 'npx cameo doctor',
      });
    }
    return ok(`${runs}; ${pinned} is pinned`);
  },
};

/** The CDK: the command line and the library have to fit each other. */
export const cdk: Check = {
  name: 'cdk',
  title: 'CDK',
  asks: 'Are the CDK command and its library installed as package.json pins them?',
  async look({ programFolder }) {
    const packages = ['aws-cdk', 'aws-cdk-lib'].map((name) => ({
      name,
      pinned: pinnedVersion(programFolder, name),
      installed: installedVersion(programFolder, name),
    }));
    const other = packages.find(({ pinned, installed }) => pinned !== installed);
    if (!other) {
      return ok(packages.map(({ name, installed }) => `${name} ${installed}`).join(', '));
    }
    const { name, pinned, installed } = other;
    const found = installed ? `is ${installed}` : 'is not installed';
    return failed(`${name} ${found}, ${pinned} is pinned`, {
      text: 'Install what package-lock.json has.',
      command: 'npm ci',
    });
  },
};

function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}
