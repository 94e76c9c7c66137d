// The four secrets. Functions are told their names; the values never pass through the template.

import type { RemovalPolicy } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** 64 letters and digits: about 380 bits, and safe in a header, a shell and a URL. */
const GENERATED = { passwordLength: 64, excludePunctuation: true };

/** The name of the secret that the operator stores by hand, and what becomes of the URL key with the stack. */
export interface SecretsProps {
  readonly botTokenSecretName: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Creates the URL key, the service key and the origin secret and finds the bot token, which the operator stores by hand
 * so that it is in no template and no history; grants nothing. Stateful: see each.
 */
export class Secrets extends Construct {
  readonly botToken: ISecret;
  /**
   * The key from which every avatarId is derived. Kept when the stack goes, unless nothing is to be left, and never to
   * be replaced: another key gives every partner another URL and orphans their items and photos. Its construct path and
   * its generation parameters are therefore frozen; a test holds them.
   */
  readonly urlKey: Secret;
  /** What the operator's backend presents as bearer; replacing it only means telling the backend. */
  readonly serviceKey: Secret;
  /**
   * By which the API knows the distribution; lib/origin-rotation.ts changes it. Replacing it shuts the API until
   * all edges have the new one.
   */
  readonly origin: Secret;

  constructor(scope: Construct, id: string, { botTokenSecretName, removalPolicy }: SecretsProps) {
    super(scope, id);
    this.botToken = Secret.fromSecretNameV2(this, 'BotToken', botTokenSecretName);
    this.urlKey = new Secret(this, 'UrlKey', {
      description: 'Cameo: derives avatar ids. Never change it: every avatar URL would change.',
      generateSecretString: GENERATED,
      removalPolicy,
    });
    this.serviceKey = new Secret(this, 'ServiceKey', {
      description: 'Cameo: the bearer token of the operator.',
      generateSecretString: GENERATED,
    });
    this.origin = new Secret(this, 'Origin', {
      description: 'Cameo: by which the API knows the CloudFront distribution. Rotated by itself.',
      generateSecretString: GENERATED,
    });
  }
}
