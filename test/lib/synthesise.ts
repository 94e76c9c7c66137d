// The stack as `npx cdk synth` makes it, in this process and without bundling.

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { readSettings, type Settings } from '../../lib/settings.ts';
import { declareStacks } from '../../lib/stacks.ts';

/** The app, with cdk.json's context and what the test sets on top of it. */
export function appWith(context: Record<string, unknown> = {}): App {
  return new App({ context: { ...cdkJson.context, ...context, 'aws:cdk:bundling-stacks': [] } });
}

/** The settings that the context of an app makes. */
export function settingsOf(app: App): Settings {
  return readSettings((name) => app.node.tryGetContext(name));
}

const synthesised = new Map<string, Template>();

/** The template, with cdk.json's context and what the test sets on top of it; throws on any finding in it. */
export function synthesise(context: Record<string, unknown> = {}): Template {
  const key = JSON.stringify(context);
  const known = synthesised.get(key);
  if (known) return known;
  const app = appWith(context);
  const template = Template.fromStack(declareStacks(app, settingsOf(app)));
  synthesised.set(key, template);
  return template;
}

/** A resource's properties, as the template has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The properties of every resource of a type, by logical id without the hash. */
export function resources(template: Template, type: string): Record<string, Properties> {
  const found = Object.entries(template.findResources(type));
  return Object.fromEntries(
    found.map(([id, { Properties }]) => [withoutHash(id), Properties as Properties]),
  );
}

/** The properties of one resource, which has to be there. */
export function resource(template: Template, type: string, id: string): Properties {
  const found = resources(template, type)[id];
  if (!found) throw new Error(`the template has no ${type} called ${id}`);
  return found;
}

/** A template value as a person would write it: `Ref` and `Fn::GetAtt` by name, joins joined, splits told. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return withoutHash(String(value.Ref));
  if ('Fn::GetAtt' in value) return withoutHash((value['Fn::GetAtt'] as string[]).join('.'));
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(readable).join(separator);
  }
  if ('Fn::Select' in value) {
    const [index, { 'Fn::Split': split }] = value['Fn::Select'] as [
      number,
      { 'Fn::Split': unknown[] },
    ];
    return `${readable(split[1])}[${index}]`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** An alarm's name, without the number of the version that it looks at. */
export function alarmNameOf({ AlarmName }: Properties): string {
  return String(readable(AlarmName)).replace(/-\w+\.Version$/, '');
}

function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}(?=$|\.)/, '');
}
