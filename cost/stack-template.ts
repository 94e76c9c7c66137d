// The template of the stack with default settings, for what of it is paid by the month.

import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { CameoStack } from '../lib/cameo-stack.ts';
import { readSettings } from '../lib/settings.ts';
import type { Template } from './fixed.ts';

const CDK_JSON = new URL('../cdk.json', import.meta.url);

/** Synthesises it, without bundling. */
export function stackTemplate(): Template {
  const { context } = JSON.parse(readFileSync(CDK_JSON, 'utf8'));
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const settings = readSettings((name) => app.node.tryGetContext(name));
  const { artifactId } = new CameoStack(app, 'cameo', { settings });
  return app.synth().getStackArtifact(artifactId).template;
}
