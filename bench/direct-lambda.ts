// What Cameo is compared to in cost/: a function that asks Telegram for every view, and keeps nothing.

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import sharp from 'sharp';
import { telegram } from '../adapters/telegram.ts';

const token = { read: async () => process.env.BOT_TOKEN ?? '', forget: () => {} };
const botApi = telegram(process.env.TELEGRAM_API_ROOT ?? '', token);

// As a view has it that nobody else is waiting for.
const TIMEOUT_MS = 10_000;

/** The Lambda handler: list, open, download, and the one picture that was asked for. */
export async function handler({ pathParameters }: APIGatewayProxyEventV2) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const listed = await botApi.currentPhoto(pathParameters?.userId ?? '', signal);
  if (!listed) return { statusCode: 404 };
  const original = await botApi.download(await botApi.openFile(listed.fileId, signal), signal);
  const size = Number(pathParameters?.size);
  const webp = await sharp(original).resize(size, size).webp({ quality: 80, effort: 4 }).toBuffer();
  return { statusCode: 200, body: webp.toString('base64'), isBase64Encoded: true };
}
