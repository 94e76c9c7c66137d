// A child process of the tests: starts the emulators on a folder, writes to each, says so, and stays.

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { awsClients } from '../../local/aws.ts';
import { startEmulators } from '../../local/emulators.ts';
import { provision } from '../../local/provision.ts';

const [dataDir = ''] = process.argv.slice(2);
const { dynamodb, s3, sqs } = awsClients(await startEmulators({ dataDir }));
const { tableName, bucketName, queues } = await provision({ dynamodb, s3, sqs });
await dynamodb.send(new PutItemCommand({ TableName: tableName, Item: { avatarId: { S: 'a' } } }));
await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: 'photo', Body: 'pixels' }));
await sqs.send(new SendMessageCommand({ QueueUrl: queues.fetch.url, MessageBody: 'job' }));
process.stdout.write('written\n');
