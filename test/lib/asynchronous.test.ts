// Nothing that is asked for asynchronously may end in nothing: whatever invokes a function without waiting for its
// answer, and whatever waits in a queue, has a dead-letter queue.

import { describe, expect, it } from 'vitest';
import { type Properties, readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();

/**
 * Who waits for a function's answer, by the service that invokes it. API Gateway gives it to the viewer; Secrets
 * Manager repeats what fails (Lambda Developer Guide, "Using Lambda with Secrets Manager").
 */
const WAITING = new Set(['apigateway.amazonaws.com', 'secretsmanager.amazonaws.com']);

const all = (type: string) => Object.entries(resources(template, type));
const deadLetterQueues = all('AWS::SQS::Queue').flatMap(([, { RedrivePolicy }]) =>
  RedrivePolicy ? [targetOf(RedrivePolicy)] : [],
);

function targetOf(redrivePolicy: unknown): string {
  return String((readable(redrivePolicy) as Properties).deadLetterTargetArn);
}

/** The functions that are invoked without anybody waiting, by the names of their constructs. */
function invokedAsynchronously(): string[] {
  const permitted = all('AWS::Lambda::Permission')
    .filter(([, { Principal }]) => !WAITING.has(String(Principal)))
    .map(([, { FunctionName }]) => String(readable(FunctionName)));
  const scheduled = all('AWS::Scheduler::Schedule').map(([, { Target }]) =>
    String(readable((Target as Properties).Arn)),
  );
  const ruled = all('AWS::Events::Rule').flatMap(([, { Targets }]) =>
    (Targets as Properties[]).map(({ Arn }) => String(readable(Arn))),
  );
  return [...permitted, ...scheduled, ...ruled].map((arn) => arn.replace(/\.Arn$/, ''));
}

describe('a dead-letter queue', () => {
  it('is there for every function that is invoked without anybody waiting', () => {
    const caught = all('AWS::Lambda::EventInvokeConfig')
      .filter(([, { DestinationConfig }]) =>
        String(
          (readable(DestinationConfig) as { OnFailure: Properties }).OnFailure.Destination,
        ).endsWith('DeadLetters.Arn'),
      )
      // The alias's name is the eighth part of its ARN.
      .map(([, { Qualifier }]) => String(readable(Qualifier)).replace('[7]', ''));

    expect(invokedAsynchronously()).toEqual(['WarmRecentLive']);
    expect(invokedAsynchronously().filter((name) => !caught.includes(name))).toEqual([]);
  });

  it('is there for every schedule', () => {
    for (const [id, { Target }] of all('AWS::Scheduler::Schedule')) {
      expect(readable(Target), id).toHaveProperty('DeadLetterConfig.Arn');
    }
  });

  it('is there for every queue, but for those that are one', () => {
    const without = all('AWS::SQS::Queue').filter(([, { RedrivePolicy }]) => !RedrivePolicy);
    const ofSchedules = all('AWS::Scheduler::Schedule').map(([, { Target }]) =>
      String((readable(Target) as { DeadLetterConfig: Properties }).DeadLetterConfig.Arn),
    );

    const known = [...deadLetterQueues, ...ofSchedules];
    expect(without.map(([id]) => `${id}.Arn`).sort()).toEqual(known.sort());
  });

  it('is there behind every event source', () => {
    const fed = all('AWS::Lambda::EventSourceMapping').map(([, { EventSourceArn }]) =>
      String(readable(EventSourceArn)).replace(/\.Arn$/, ''),
    );

    expect(fed).not.toHaveLength(0);
    for (const queue of fed) {
      expect(resources(template, 'AWS::SQS::Queue')[queue]).toHaveProperty('RedrivePolicy');
    }
  });
});
