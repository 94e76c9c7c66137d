// The fleet's budget at Telegram in one item of the partner table, whose key no avatarId can be. Every turn is
// one write, so that workers share one row of slots without knowing of each other.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TelegramBudget } from '../core/ports.ts';
import {
  AHEAD_MS,
  halvedRate,
  MIN_INTERVAL_MS,
  type Priority,
  RAISE_EVERY_MS,
  raisedRate,
  type Turn,
  WARM_HOLD_MS,
} from '../core/telegram-budget.ts';
import { getItem, updateItem } from './conditional-write.ts';
import { type Item, number, optionalNumber } from './partner-item.ts';

/** The item's key; one table serves one bot. */
const BUDGET_KEY = 'telegram';

const NO_PAUSE = '(attribute_not_exists(pausedUntilMs) OR pausedUntilMs <= :now)';
// Warming begins later than the rest after a pause.
const NO_PAUSE_HELD = '(attribute_not_exists(pausedUntilMs) OR pausedUntilMs <= :heldNow)';
const ROW_IS_EMPTY = '(attribute_not_exists(slotMs) OR slotMs <= :now)';
const ROW_IS_SHORT = 'slotMs > :now AND slotMs <= :rowEnd';
const INTERVAL = 'if_not_exists(intervalMs, :interval)';

/** The budget behind its port. */
export function telegramBudget(client: DynamoDBClient, tableName: string): TelegramBudget {
  const update = (change: Parameters<typeof updateItem>[3]) =>
    updateItem(client, tableName, BUDGET_KEY, change);

  // Only which write is tried first depends on it: in a crowd it is mostly the right one.
  let seenSlotMs = 0;

  /** The rate grows by the turns themselves, so that no clock of its own is needed. */
  async function raise(item: Item, nowMs: number): Promise<void> {
    const { intervalMs, raisedAtMs } = rateOf(item);
    if (intervalMs <= MIN_INTERVAL_MS || nowMs < raisedAtMs + RAISE_EVERY_MS) return;
    await update({
      set: ['intervalMs = :raised', 'raisedAtMs = :now'],
      condition: 'raisedAtMs = :seen',
      values: {
        ':raised': number(raisedRate(intervalMs)),
        ':now': number(nowMs),
        ':seen': number(raisedAtMs),
      },
    });
  }

  return {
    async takeTurn(priority, nowMs) {
      const values = {
        ':now': number(nowMs),
        ':interval': number(MIN_INTERVAL_MS),
        ...heldNow(priority, nowMs),
      };
      const noPause = priority === 'warm' ? NO_PAUSE_HELD : NO_PAUSE;
      const openRow = {
        set: [`slotMs = :now + ${INTERVAL}`],
        condition: `${noPause} AND ${ROW_IS_EMPTY}`,
        values,
      };
      const joinRow = {
        set: [`slotMs = slotMs + ${INTERVAL}`],
        condition: `${noPause} AND ${ROW_IS_SHORT}`,
        values: { ...values, ':rowEnd': number(rowEndMs(priority, nowMs)) },
      };
      let item: Item = {};
      // Of many who find no row one opens it, and the others join.
      const openOrJoin = [openRow, joinRow];
      for (const change of nowMs < seenSlotMs ? [joinRow, ...openOrJoin] : openOrJoin) {
        const written = await update(change);
        item = written.item;
        seenSlotMs = rateOf(item).slotMs;
        if (written.done) {
          await raise(item, nowMs);
          return { kind: 'granted', startAtMs: startAtMs(item, priority, nowMs) };
        }
        const refused = refusalOf(item, priority, nowMs);
        if (refused) return refused;
      }
      return crowdedBy(item, priority, nowMs);
    },

    async pausedUntilMs() {
      return rateOf((await getItem(client, tableName, BUDGET_KEY)) ?? {}).pausedUntilMs;
    },

    async pause(reason, untilMs, nowMs) {
      const item = (await getItem(client, tableName, BUDGET_KEY)) ?? {};
      const { intervalMs } = rateOf(item);
      const slower = reason === 'throttled' ? halvedRate(intervalMs) : intervalMs;
      // Of many workers that meet the same 429 the first one halves.
      const written = await update({
        set: [
          'pausedUntilMs = :until',
          'intervalMs = :slower',
          'raisedAtMs = :until',
          'slotMs = :slot',
        ],
        condition: NO_PAUSE,
        values: {
          ':until': number(untilMs),
          ':slower': number(slower),
          ':slot': number(slotAfterPauseMs(item, untilMs)),
          ':now': number(nowMs),
        },
      });
      return written.done ? untilMs - nowMs : prolong(update, written.item, untilMs);
    },
  };
}

/** Only what ends later than the pause that is there; the milliseconds that this adds to it. */
async function prolong(
  update: (change: Parameters<typeof updateItem>[3]) => ReturnType<typeof updateItem>,
  item: Item,
  untilMs: number,
): Promise<number> {
  const { done, item: before } = await update({
    set: ['pausedUntilMs = :until', 'raisedAtMs = :until', 'slotMs = :slot'],
    condition: 'pausedUntilMs < :until',
    values: { ':until': number(untilMs), ':slot': number(slotAfterPauseMs(item, untilMs)) },
    returns: 'before',
  });
  return done ? untilMs - rateOf(before).pausedUntilMs : 0;
}

/**
 * So far ahead that nobody runs ahead of the row after a pause, and behind whoever waits for a slot that was
 * given before it.
 */
function slotAfterPauseMs(item: Item, untilMs: number): number {
  return Math.max(rateOf(item).slotMs, untilMs + AHEAD_MS.miss.burst);
}

function heldNow(priority: Priority, nowMs: number): Item {
  return priority === 'warm' ? { ':heldNow': number(nowMs - WARM_HOLD_MS) } : {};
}

function pauseOf(item: Item, priority: Priority, nowMs: number): Turn | undefined {
  const untilMs = rateOf(item).pausedUntilMs + (priority === 'warm' ? WARM_HOLD_MS : 0);
  return untilMs > nowMs ? { kind: 'paused', untilMs } : undefined;
}

/** When the slot that was taken begins, less what this one may run ahead of it. */
function startAtMs(item: Item, priority: Priority, nowMs: number): number {
  const { slotMs, intervalMs } = rateOf(item);
  return Math.max(nowMs, slotMs - intervalMs - AHEAD_MS[priority].burst);
}

/** Why no turn is given, as far as the item tells: a full row costs one write that way. */
function refusalOf(item: Item, priority: Priority, nowMs: number): Turn | undefined {
  const isFull = rateOf(item).slotMs > rowEndMs(priority, nowMs);
  return pauseOf(item, priority, nowMs) ?? (isFull ? crowdedBy(item, priority, nowMs) : undefined);
}

/** Until when the row is too long for this one. */
function crowdedBy(item: Item, priority: Priority, nowMs: number): Turn {
  const { slotMs, intervalMs } = rateOf(item);
  const tooLongMs = slotMs - rowEndMs(priority, 0);
  return { kind: 'crowded', untilMs: Math.max(tooLongMs, nowMs + intervalMs) };
}

/** The last slot that this one would take. */
function rowEndMs(priority: Priority, nowMs: number): number {
  const { burst, row } = AHEAD_MS[priority];
  return nowMs + burst + row;
}

function rateOf(item: Item) {
  return {
    pausedUntilMs: optionalNumber(item, 'pausedUntilMs') ?? 0,
    intervalMs: optionalNumber(item, 'intervalMs') ?? MIN_INTERVAL_MS,
    raisedAtMs: optionalNumber(item, 'raisedAtMs') ?? 0,
    slotMs: optionalNumber(item, 'slotMs') ?? 0,
  };
}
