// What the workflow's `cdk diff` asks of AWS is what its role may do: the CDK's own command line, before an AWS that
// knows the deployed template, and refuses to make anybody another role.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { expect, it, onTestFinished } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { PROJECT_ROOT } from '../../lib/bundling.ts';
import { CameoStack } from '../../lib/cameo-stack.ts';
import { GitHubDeployer } from '../../lib/github-deployer.ts';
import { readSettings } from '../../lib/settings.ts';
import { bodyOf, startHttpServer } from '../http-server.ts';

const ACCOUNT = '123456789012';

/** Puts the assembly of a stack without bundles into the folder, and returns its template. */
function assemble(outdir: string, context: Record<string, unknown> = {}): string {
  const app = new App({
    outdir,
    context: { ...cdkJson.context, ...context, 'aws:cdk:bundling-stacks': [] },
  });
  const settings = readSettings((name) => app.node.tryGetContext(name));
  const { artifactId } = new CameoStack(app, 'cameo', { settings });
  return JSON.stringify(app.synth().getStackArtifact(artifactId).template);
}

/** STS and CloudFormation with one stack; `asked` has the actions in the order in which they came. */
async function startAws(template: string) {
  const asked: string[] = [];
  const server = await startHttpServer(async (request, response) => {
    const form = new URLSearchParams((await bodyOf(request)).toString('utf8'));
    const action = form.get('Action') ?? '';
    asked.push(action);
    const result = resultOf(action, template);
    response.writeHead(result ? 200 : 403, { 'content-type': 'text/xml' });
    response.end(
      result
        ? `<R><${action}Result>${result}</${action}Result></R>`
        : '<R><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></R>',
    );
  });
  onTestFinished(() => server.close());
  return { url: server.url, asked };
}

function resultOf(action: string, template: string): string | undefined {
  if (action === 'GetCallerIdentity') {
    return `<Account>${ACCOUNT}</Account><Arn>arn:aws:sts::${ACCOUNT}:assumed-role/diff/x</Arn>`;
  }
  if (action === 'DescribeStacks') {
    return '<Stacks><member><StackName>cameo</StackName><StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks>';
  }
  if (action !== 'GetTemplate') return undefined;
  const escaped = template.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<TemplateBody>${escaped}</TemplateBody>`;
}

/** The actions of CloudFormation that the role has, without their prefix. */
function allowedActions(): string[] {
  const app = new App({ context: cdkJson.context });
  const props = { settings: { repository: 'octo/cameo' }, deploys: 'cameo' };
  const stack = new GitHubDeployer(app, 'cameo-github', props);
  const { Resources } = app.synth().getStackArtifact(stack.artifactId).template;
  const [diffRole] = Object.entries<{ Properties: { Policies: Policy[] } }>(Resources)
    .filter(([id]) => id.startsWith('DiffRole'))
    .map(([, { Properties }]) => Properties);
  const statements = diffRole?.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return (statements ?? []).flatMap(({ Action }) => Action).map((name) => name.replace(/^.*:/, ''));
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly { readonly Action: string[] }[] };
}

// The command line loads for seconds.
const TIMEOUT_MS = 180_000;

it(
  'shows the difference with what the role may do, and with all of it',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cameo-diff-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const deployed = assemble(join(folder, 'deployed'));
    assemble(join(folder, 'changed'), { warmPartners: 20 });
    const aws = await startAws(deployed);
    const cdk = join(PROJECT_ROOT, 'node_modules/aws-cdk/bin/cdk');
    const options = ['--method', 'template', '--app', join(folder, 'changed'), '--no-notices'];

    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [cdk, 'diff', ...options],
      {
        cwd: folder,
        env: {
          HOME: folder,
          AWS_ENDPOINT_URL: aws.url,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'diff',
          AWS_SECRET_ACCESS_KEY: 'diff',
          AWS_CONFIG_FILE: devNull,
          AWS_SHARED_CREDENTIALS_FILE: devNull,
          AWS_EC2_METADATA_DISABLED: 'true',
          CDK_DISABLE_CLI_TELEMETRY: 'true',
          CDK_DISABLE_VERSION_CHECK: 'true',
        },
      },
    );

    expect(stdout + stderr).toContain('WARM_PARTNERS');
    // Who one is anybody may ask; the CDK's lookup role is refused.
    const ofCloudFormation = aws.asked.filter(
      (action) => !['GetCallerIdentity', 'AssumeRole'].includes(action),
    );
    expect([...new Set(ofCloudFormation)].sort()).toEqual(allowedActions().sort());
  },
  TIMEOUT_MS,
);
