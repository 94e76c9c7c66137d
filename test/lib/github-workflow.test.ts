// The example of docs/delivery.md: what it runs is there, and it may do no more than it must.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../lib/bundling.ts';
import packageJson from '../../package.json' with { type: 'json' };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: object;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Readonly<Record<'test' | 'diff' | 'deploy', Job>>;
}

// The parser that the CDK has inside.
const inCdk = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'));
const { parse } = inCdk('yaml') as { parse(text: string): Workflow };

const text = readFileSync(join(PROJECT_ROOT, 'docs/examples/github-deploy.yml'), 'utf8');
const page = readFileSync(join(PROJECT_ROOT, 'docs/delivery.md'), 'utf8');
const workflow = parse(text);
const jobs = Object.values(workflow.jobs);
const steps = jobs.flatMap((job) => job.steps);
const commands = (job: Job) => job.steps.flatMap(({ run }) => (run ? [run.trim()] : []));

describe('the workflow', () => {
  it('compares pull requests and deploys the main branch, and nothing else', () => {
    const { test, diff, deploy } = workflow.jobs;

    expect(workflow.on).toEqual({ pull_request: null, push: { branches: ['main'] } });
    expect(diff.if).toContain("github.event_name == 'pull_request' && ");
    expect(diff.if).toContain('head.repo.full_name == github.repository');
    expect(deploy.if).toBe("github.event_name == 'push' && github.ref == 'refs/heads/main'");
    expect(deploy.needs).toBe('test');
    expect(commands(test)).toEqual(['npm ci', 'npm test']);
    expect(commands(diff)[1]).toMatch(/^npx cdk diff --method template /);
    expect(commands(deploy)).toEqual(['npm ci', 'npx cdk deploy --all --require-approval never']);
  });

  it('deploys one at a time and to the end', () => {
    expect(workflow.jobs.deploy.concurrency).toEqual({
      group: 'deploy',
      'cancel-in-progress': false,
    });
  });

  it('has no permission but those that a job needs', () => {
    const signIn = { contents: 'read', 'id-token': 'write' };

    expect(workflow.permissions).toEqual({});
    expect(jobs.map(({ permissions }) => permissions)).toEqual([
      { contents: 'read' },
      signIn,
      signIn,
    ]);
  });

  it('signs in by roles that are variables, never by a key', () => {
    const roles = steps.flatMap((step) => step.with?.['role-to-assume'] ?? []);

    const variables = roles.map((role) => /^\$\{\{ vars\.(\w+) \}\}$/.exec(String(role))?.[1]);
    expect(variables).toEqual(['AWS_DIFF_ROLE_ARN', 'AWS_DEPLOY_ROLE_ARN']);
    expect(text).not.toMatch(/secrets\.|access-key|AKIA/i);
    const named = [...text.matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name);
    for (const name of named) expect(page).toContain(`\`${name}\``);
  });

  it('keeps GitHub’s own token out of the checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));

    expect(checkouts).toHaveLength(jobs.length);
    for (const checkout of checkouts) {
      expect(checkout.with).toEqual({ 'persist-credentials': false });
    }
  });

  it('takes actions of known owners at one major version or commit', () => {
    const used = new Set(steps.flatMap(({ uses }) => uses ?? []));

    for (const action of used) {
      expect(action).toMatch(/^(actions|aws-actions)\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
    }
  });

  it('runs on the Node that the project has, and only what the project has', () => {
    const versions = new Set(steps.flatMap((step) => step.with?.['node-version'] ?? []));
    const scripts = [...text.matchAll(/npm (?:run )?(\w+)/g)].map(([, name = '']) => name);
    const binaries = [...text.matchAll(/npx (\S+)/g)].map(([, name]) => name);

    expect([...versions]).toEqual([Number(packageJson.devDependencies.node.split('.')[0])]);
    expect(scripts.filter((name) => name !== 'ci' && !(name in packageJson.scripts))).toEqual([]);
    expect([...new Set(binaries)]).toEqual(['cdk']);
    expect(packageJson.devDependencies['aws-cdk']).toBeDefined();
  });
});

it('has a page that names what is set, what is printed and what is run', () => {
  for (const name of [
    'githubRepository',
    'githubOidcProviderArn',
    'DiffRoleArn',
    'DeployRoleArn',
  ]) {
    expect(page).toContain(`\`${name}\``);
  }
  expect(page).toContain("npx cdk deploy --app 'node_modules/.bin/node bin/github-deployer.ts'");
  expect(existsSync(join(PROJECT_ROOT, 'bin/github-deployer.ts'))).toBe(true);
});
