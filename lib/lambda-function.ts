// A Lambda as core/topology.ts declares it, with the safe defaults baked in.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  type IFunction,
  type IVersion,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import {
  type BundlingOptions,
  type ICommandHooks,
  NodejsFunction,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentName, FunctionDeclaration } from '../core/topology.ts';
import { bundling, entryFile, nativeModules, PROJECT_ROOT } from './bundling.ts';
import type { Settings } from './settings.ts';

/** The values of these environment variables. */
export type Environment<Name extends EnvironmentName> = Readonly<Record<Name, string>>;

/** What the operator wants to see of all functions, as lib/setting-rules.ts has it. */
export type Observed = Pick<Settings, 'logRetentionDays' | 'tracing'>;

/** What sets one function apart from another. */
export interface LambdaFunctionProps<Name extends EnvironmentName> {
  readonly declaration: FunctionDeclaration & { readonly environment: readonly Name[] };
  /** Every value that the function declares, and any others: it gets those whose names it declares. */
  readonly environment: Environment<Name>;
  readonly observed: Observed;
  /** What the function may do, besides writing its own log and, where it is traced, its traces. */
  readonly permissions: readonly PolicyStatement[];
  /** What Lambda does about a function that feeds the queue that invokes it; it stops one by default. */
  readonly recursiveLoop?: RecursiveLoop;
}

/** The name by which whatever invokes a function does, so that a release can shift it from version to version. */
export const LIVE = 'live';

/**
 * Creates a function on arm64 and Node 24, the version that this release makes of it and the alias by which it is
 * invoked, its log group and its role, which may write that log and do what `permissions` says. Stateless, but for its
 * log. Versions are kept, to go back to.
 */
export class LambdaFunction<Name extends EnvironmentName> extends Construct {
  readonly function: NodejsFunction;
  readonly log: LogGroup;
  #live: (Alias & IFunction) | undefined;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps<Name>) {
    super(scope, id);
    const { declaration, observed } = props;
    this.log = new LogGroup(this, 'Log', {
      retention: observed.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new NodejsFunction(this, 'Function', {
      entry: entryFile(declaration.entry),
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: `${PROJECT_ROOT}package-lock.json`,
      bundling: bundlingOf(declaration.entry),
      architecture: Architecture.ARM_64,
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(declaration.timeoutSeconds),
      memorySize: declaration.memoryMb,
      environment: pick(props.environment, declaration.environment),
      loggingFormat: LoggingFormat.JSON,
      logGroup: this.log,
      // Lambda's own segments and no library's: those would record the paths of calls, and so the bot token.
      tracing: observed.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      // Nothing is to be attached to it behind our back.
      role: this.#role(props.permissions, observed.tracing).withoutPolicyUpdates(),
      recursiveLoop: props.recursiveLoop ?? RecursiveLoop.TERMINATE,
      // CloudFormation would delete the version before this one as soon as this one is live. One that was rolled
      // back goes, though: Lambda makes no second version of the same code, and so no second attempt.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
    });
  }

  /** Whatever invokes the function invokes this; where nothing does, there is neither alias nor version. */
  get live(): Alias & IFunction {
    // The CDK's own types disagree under exactOptionalPropertyTypes: hence the casts.
    this.#live ??= new Alias(this, 'Live', {
      aliasName: LIVE,
      version: this.function.currentVersion as IVersion,
    }) as Alias & IFunction;
    return this.#live;
  }

  /** A role of our own: the CDK's comes with a managed policy that may write any log of the account. */
  #role(permissions: readonly PolicyStatement[], tracing: boolean): Role {
    const writeLog = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.log.logGroupArn],
    });
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        exact: new PolicyDocument({
          statements: [...permissions, writeLog, ...(tracing ? [writeTraces()] : [])],
        }),
      },
    });
  }
}

/** X-Ray's actions know no resources (Service Authorization Reference). */
function writeTraces(): PolicyStatement {
  return new PolicyStatement({
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}

function pick<Name extends EnvironmentName>(
  environment: Environment<Name>,
  names: readonly Name[],
): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

function bundlingOf(entry: string): BundlingOptions {
  const shared = {
    format: OutputFormat.CJS,
    target: bundling.target,
    mainFields: [...bundling.mainFields],
    minify: bundling.minify,
    sourceMap: bundling.sourcemap,
    sourcesContent: bundling.sourcesContent,
    esbuildArgs: Object.fromEntries(
      Object.entries(bundling.alias).map(([from, to]) => [`--alias:${from}`, to]),
    ),
    bundleAwsSDK: true,
  };
  const modules = nativeModules(entry);
  if (modules.length === 0) return shared;
  return {
    ...shared,
    nodeModules: modules,
    // npm picks the binaries for the Lambda, not for the machine that deploys: no Docker needed.
    environment: { npm_config_os: 'linux', npm_config_cpu: 'arm64', npm_config_libc: 'glibc' },
    commandHooks: REPRODUCIBLE,
  };
}

/** Removes what npm leaves behind and no Lambda reads, so that the same sources give the same asset hash. */
const REPRODUCIBLE: ICommandHooks = {
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (_input, output) => [
    `rm -rf "${output}/package-lock.json" "${output}/node_modules/.package-lock.json" "${output}/node_modules/.bin"`,
  ],
};
