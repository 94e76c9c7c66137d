// A CloudFormation that has stacks with outputs, in the Query protocol of the service.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, type HttpServer, testServer } from '../http-server.ts';

/** Outputs by the name of their stack. */
export type Stacks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Starts one that ends with the test. */
export function testStacks(stacks: Stacks): Promise<HttpServer> {
  return testServer((request, response) => answer(stacks, request, response));
}

async function answer(
  stacks: Stacks,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = new URLSearchParams((await bodyOf(request)).toString());
  const name = form.get('StackName') ?? '';
  const outputs = stacks[name];
  response.setHeader('content-type', 'text/xml');
  if (form.get('Action') !== 'DescribeStacks' || !outputs) {
    response.statusCode = 400;
    response.end(errorXml('ValidationError', `Stack with id ${name} does not exist`));
    return;
  }
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  response.end(
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
}

/** An error as the Query protocol has it. */
export function errorXml(code: string, message: string): string {
  return `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
}
