// Telegram: does it answer, does it know the bot, and has it asked the fleet for a pause?

import { telegram as botApi } from '../../adapters/telegram.ts';
import { telegramBudget } from '../../adapters/telegram-budget.ts';
import { TelegramThrottled, TelegramUnauthorized } from '../../core/errors.ts';
import type { Check } from './check.ts';
import { bringUp, putSecret } from './commands.ts';
import { type Advice, failed, ok, warning } from './finding.ts';
import type { Subject } from './subject.ts';

const ANSWER_WITHIN_MS = 8_000;

/** One getMe, by the adapter that keeps the token to itself. */
export const telegram: Check = {
  name: 'telegram',
  title: 'Telegram',
  asks: 'Does the Bot API answer, and does it take the bot token (getMe)?',
  async look(subject) {
    const { outputs } = await subject.cameo.get();
    const { TelegramApiRoot: root } = outputs;
    const token = await subject.botToken.get();
    const fromMs = performance.now();
    try {
      const bot = await botApi(root, token).bot(AbortSignal.timeout(ANSWER_WITHIN_MS));
      const details = [`bot id ${bot.id}, ${root}, ${Math.round(performance.now() - fromMs)} ms`];
      const botId = await subject.settings.own().then(
        (settings) => settings.botId,
        () => undefined,
      );
      if (botId && botId !== String(bot.id)) {
        const summary = `knows the bot as @${bot.username}, but botId names another one`;
        return warning(summary, botIdAdvice(bot.id, subject), details);
      }
      return ok(`knows the bot as @${bot.username}`, details);
    } catch (error) {
      if (error instanceof TelegramUnauthorized) {
        return failed(
          'refuses the bot token (401)',
          tokenAdvice(outputs.BotTokenSecretName, subject),
          [error.message],
        );
      }
      if (error instanceof TelegramThrottled) {
        const pause = `asks for a pause of ${error.retryAfterSeconds} s (429)`;
        return warning(pause, {
          text: 'Wait. Cameo does, and lowers its rate. If it stays so, see what else uses this token.',
        });
      }
      return failed(`does not answer at ${root}`, unreachableAdvice(subject.stack), [
        messageOf(error),
      ]);
    }
  },
};

/** The pause that all workers obey. */
export const pause: Check = {
  name: 'pause',
  title: 'Pause',
  asks: 'Do the workers keep silent because of a 429 or a refused token?',
  async look({ cameo }) {
    const { clients, outputs } = await cameo.get();
    const untilMs = await telegramBudget(clients.dynamodb, outputs.TableName).pausedUntilMs();
    const seconds = Math.ceil((untilMs - Date.now()) / 1000);
    if (seconds <= 0) return ok('none: the workers may ask Telegram');
    return warning(
      `nobody asks Telegram for ${seconds} s more`,
      {
        text: 'Wait, if Telegram above is well: a 429 passes. After a refused token it comes again each minute until the token is right.',
      },
      [`until ${new Date(untilMs).toISOString()}`],
    );
  },
};

function tokenAdvice(secretName: string, subject: Subject): Advice {
  if (subject.stack) {
    const why = 'Take the token from BotFather and put it in: within a minute the workers read it.';
    return putSecret(why, secretName, subject);
  }
  return {
    text: 'Take the token from BotFather, and begin anew with it in TELEGRAM_BOT_TOKEN.',
    command: 'TELEGRAM_BOT_TOKEN=… npm start',
  };
}

function botIdAdvice(botId: number, subject: Subject): Advice {
  return {
    text: `No user of its Mini App can sign in: set botId in cdk.json to ${botId}, and deploy.`,
    command: bringUp(subject),
  };
}

function unreachableAdvice(stack: string | undefined): Advice {
  const setting = stack ? 'telegramApiRoot in cdk.json' : 'TELEGRAM_API_ROOT';
  return {
    text: `Check ${setting} and the network of this machine. If others have no Telegram either, wait: jobs stay in their queues.`,
  };
}

/** Of the adapter's own errors: nothing of the request is in them. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
