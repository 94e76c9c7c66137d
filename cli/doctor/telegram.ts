// Telegram: does it answer, does it know the bot, and has it asked the fleet for a pause?

import { telegram as botApi } from '../../adapters/telegram.ts';
import { telegramBudget } from '../../adapters/telegram-budget.ts';
import { TelegramThrottled, TelegramUnauthorized } from '../../core/errors.ts';
import type { Outputs } from '../../core/outputs.ts';
import type { Check } from './check.ts';
import { bringUp, putSecret } from './commands.ts';
import { type Advice, type Finding, failed, ok, warning } from './finding.ts';
import type { Subject } from './subject.ts';

const ANSWER_WITHIN_SECONDS = 5;

/** One getMe, by the adapter that keeps the token to itself. */
export const telegram: Check = {
  name: 'telegram',
  title: 'Telegram',
  asks: 'Does the Bot API answer, does it take the bot token (getMe), and is that the bot of botId?',
  async look(subject) {
    const { outputs } = await subject.cameo.get();
    const token = await subject.botToken.get();
    const signal = AbortSignal.timeout(ANSWER_WITHIN_SECONDS * 1000);
    try {
      const bot = await botApi(outputs.TelegramApiRoot, token).bot(signal);
      const details = [`bot id ${bot.id}, ${outputs.TelegramApiRoot}`];
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
      const reason = signal.aborted ? `silent for ${ANSWER_WITHIN_SECONDS} s` : messageOf(error);
      return failureOf(error, reason, outputs, subject);
    }
  },
};

function failureOf(error: unknown, reason: string, outputs: Outputs, subject: Subject): Finding {
  const details = [outputs.TelegramApiRoot, reason];
  if (error instanceof TelegramUnauthorized) {
    const advice = tokenAdvice(outputs.BotTokenSecretName, subject);
    return failed('refuses the bot token (401)', advice, details);
  }
  if (error instanceof TelegramThrottled) {
    const text =
      'Wait. Cameo does, and lowers its rate. If it stays so, see what else uses this token.';
    return warning(`asks for a pause of ${error.retryAfterSeconds} s (429)`, { text }, details);
  }
  return failed(`gives no usable answer (${reason})`, unreachableAdvice(subject.stack), details);
}

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
