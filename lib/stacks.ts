// The stacks of one Cameo: the one that has everything and, where the operator wants a firewall, that one before it.

import type { App } from 'aws-cdk-lib';
import { acknowledgeFindings, checkTemplates } from './acknowledgements.ts';
import { CameoStack } from './cameo-stack.ts';
import { FirewallStack, firewallOf } from './firewall.ts';
import type { Settings } from './settings.ts';

/** Declares the stacks, and has synthesis fail on what cdk-nag finds in them. */
export function declareStacks(app: App, settings: Settings): CameoStack {
  const { stackName, wafRequestsPer5Minutes } = settings;
  const firewall =
    wafRequestsPer5Minutes > 0
      ? new FirewallStack(app, firewallOf(stackName), {
          description: 'Cameo: a rate rule before the edge',
          requestsPer5Minutes: wafRequestsPer5Minutes,
        })
      : undefined;
  const cameo = new CameoStack(app, stackName, {
    description: 'Cameo: Telegram avatars from your own CDN',
    settings,
    ...(firewall && { webAclArn: firewall.webAclArn }),
  });
  if (firewall) cameo.addStackDependency(firewall);
  acknowledgeFindings(cameo);
  checkTemplates(app);
  return cameo;
}
