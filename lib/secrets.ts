// The three secrets. Functions are told their names; the values never pass through the template.

import { RemovalPolicy } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** 64 letters and digits: about 380 bits, and safe in a header, a shell and a URL. */
const GENERATED = { passwordLength: 64, excludePunctuation: true };

/**
 * Creates the URL key and the service key and finds the bot token, which the operator stores by hand so that
 * it is in no template and no history; grants nothing. Stateful: see each.
 */
export class Secrets extends Construct {
  readonly botToken: ISecret;
  /**
   * The key from which every avatarId is derived. Kept when the stack goes and never to be replaced: another
   * key gives every partner another URL and orphans their items and photos. Its construct path and its
   * generation parameters are therefore frozen; a test holds them.
   */
  readonly urlKey: Secret;
  /** What the operator's backend presents as bearer; replacing it only means telling the backend. */
  readonly serviceKey: Secret;

  constructor(scope: Construct, id: string, botTokenSecretName: string) {
    super(scope, id);
    this.botToken = Secret.fromSecretNameV2(this, 'BotToken', botTokenSecretName);
    this.urlKey = new Secret(this, 'UrlKey', {
      description: 'Cameo: derives avatar ids. Never change it: every avatar URL would change.',
      generateSecretString: GENERATED,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.serviceKey = new Secret(this, 'ServiceKey', {
      description: 'Cameo: the bearer token of the operator.',
      generateSecretString: GENERATED,
    });
  }
}
