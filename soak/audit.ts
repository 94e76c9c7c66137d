// Everything read back, first as viewers see it and then as it is stored.
//
// Lost: a partner whose end state is not what it should be. Nobody is told of anything again before it is read:
// each change was announced once, by a registration that was answered with a 202, and that has to be enough.

import { createHash } from 'node:crypto';
import type { Answer } from '../bench/http-client.ts';
import { MAX_RESOLVED, type PartnerRecord, type UnknownRecord } from '../core/partner-record.ts';
import { SIZES } from '../core/sizes.ts';
import type { Client } from './client.ts';
import type { Entry } from './ledger.ts';
import type { Stored, StoredItem } from './stores.ts';
import type { Telegram } from './telegram.ts';

/** A partner who is not as it should be, and what is wrong; `''` where nothing is. */
export type Finding = string;

type Resolved = PartnerRecord | UnknownRecord;

const KIND = 'audit';

/** Reads every partner back over HTTP; a finding for each that was lost. */
export async function auditAnswers(
  client: Client,
  telegram: Telegram,
  entries: readonly Entry[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const bytes = new Map<string, Set<string>>();
  for (let from = 0; from < entries.length; from += MAX_RESOLVED) {
    const some = entries.slice(from, from + MAX_RESOLVED);
    const records = await resolve(client, some);
    for (const [index, entry] of some.entries()) {
      const finding = await auditOne(client, telegram, entry, records[index], bytes);
      if (finding) findings.push(`partner ${entry.userId} (${entry.avatarId}): ${finding}`);
    }
  }
  return [...findings, ...mixedUp(bytes)];
}

async function resolve(client: Client, entries: readonly Entry[]): Promise<Resolved[]> {
  const body = { ids: entries.map(({ userId }) => String(userId)) };
  const path = '/api/partner/resolve';
  const answer = await client.insist({ kind: KIND, method: 'POST', path, body });
  return JSON.parse(answer.body.toString('utf8')).partners;
}

async function auditOne(
  client: Client,
  telegram: Telegram,
  entry: Entry,
  record: Resolved | undefined,
  bytes: Map<string, Set<string>>,
): Promise<Finding> {
  for (const erasureId of entry.erasureIds) {
    const receipt = await client.insist({ kind: KIND, path: `/api/partner/erasures/${erasureId}` });
    const { state } = JSON.parse(receipt.body.toString('utf8'));
    if (state !== 'done') return `the erasure is ${state} (${receipt.status})`;
  }
  if (entry.erased) return auditGone(client, entry, record);
  if (!record || !('photoId' in record)) return 'nobody knows the partner';
  const shown = await telegram.shownPhotoOf(entry.userId);
  if (!shown) return auditNone(client, entry, record);
  if (record.photoId !== shown.bigUniqueId) {
    return `Telegram shows ${shown.bigUniqueId}, the record says ${record.state} ${record.photoId}`;
  }
  return auditShown(client, record, shown.photograph, bytes);
}

async function auditGone(client: Client, entry: Entry, record: Resolved | undefined) {
  if (record?.state !== 'unknown') return `was erased, and is ${record?.state}`;
  return avatarOf(await current(client, entry.avatarId)) === 'unknown'
    ? versionsAreGone(client, entry)
    : 'was erased, and is still shown';
}

async function auditNone(client: Client, entry: Entry, { state, avatarId }: PartnerRecord) {
  if (state !== 'none') return `Telegram shows nothing, the record says ${state}`;
  const avatar = avatarOf(await current(client, avatarId));
  if (avatar !== 'none') return `Telegram shows nothing, a viewer gets ${avatar}`;
  return versionsAreGone(client, entry);
}

/** The URLs that somebody was told once lead to nothing any more. */
async function versionsAreGone(client: Client, { record }: Entry): Promise<Finding> {
  if (!record?.photoId) return '';
  for (const size of SIZES) {
    const { pathname } = new URL(record.urls[size]);
    const { status } = await client.insist({ kind: KIND, path: pathname });
    if (status === 200) return `${pathname} is still there`;
  }
  return '';
}

async function auditShown(
  client: Client,
  { avatarId, photoId, urls }: PartnerRecord,
  photograph: string,
  bytes: Map<string, Set<string>>,
): Promise<Finding> {
  const { status, headers } = await current(client, avatarId);
  if (status !== 200 || headers.etag !== `"${photoId}-${AUDITED_SIZE}"`) {
    return `the photo is ${photoId}, a viewer gets ${status} ${headers['x-avatar']} ${headers.etag}`;
  }
  for (const size of SIZES) {
    const { pathname } = new URL(urls[size]);
    const version = await client.insist({ kind: KIND, path: pathname });
    if (version.headers['content-type'] !== 'image/webp') return `${pathname}: ${version.status}`;
    if (size === AUDITED_SIZE) see(bytes, photograph, version.body);
  }
  return '';
}

const AUDITED_SIZE = 64;

/** By a query that no viewer of the run asked by: nothing that the edge has kept answers it. */
function current(client: Client, avatarId: string): Promise<Answer> {
  const path = `/avatars/${avatarId}?size=${AUDITED_SIZE}&d=404`;
  return client.insist({ kind: KIND, path });
}

function avatarOf({ status, headers }: Answer): string {
  return String(headers['x-avatar'] ?? status);
}

function see(bytes: Map<string, Set<string>>, photograph: string, body: Buffer): void {
  const digests = bytes.get(photograph) ?? new Set();
  bytes.set(photograph, digests.add(createHash('sha256').update(body).digest('hex')));
}

/** All partners with the same photograph have the same bytes, and nobody else has them. */
function mixedUp(bytes: ReadonlyMap<string, ReadonlySet<string>>): Finding[] {
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  for (const [photograph, digests] of bytes) {
    if (digests.size > 1) findings.push(`${photograph} is shown in ${digests.size} ways`);
    for (const digest of digests) {
      const other = owners.get(digest);
      if (other) findings.push(`${photograph} and ${other} are shown alike`);
      owners.set(digest, photograph);
    }
  }
  return findings;
}

/** What is stored beside what should be; `atKill` has the avatarIds whose lease died with its holder. */
export function auditStores(
  { items, keys }: Stored,
  entries: readonly Entry[],
  atKill: ReadonlySet<string>,
): { readonly findings: Finding[]; readonly leftovers: number } {
  const byId = new Map(items.map((item) => [item.avatarId?.S ?? '', item]));
  const findings: Finding[] = [];
  let leftovers = 0;
  for (const entry of entries) {
    const { avatarId, userId } = entry;
    const item = byId.get(avatarId) ?? {};
    const stored = keys.get(avatarId) ?? [];
    const others = stored.filter((key) => key.split('/')[2] !== item.photoId?.S);
    const finding = entry.erased ? remainsOf(item, stored) : flawIn(item, stored, others);
    // Whoever dies after storing and before pointing leaves objects that nobody points to.
    const isLeftover = !entry.erased && atKill.has(avatarId);
    if (isLeftover) leftovers += others.length;
    const isStray = !isLeftover && others.length > 0 && `${others.length} objects of no photo`;
    if (finding || isStray) findings.push(`partner ${userId} (${avatarId}): ${finding || isStray}`);
  }
  return { findings, leftovers };
}

function remainsOf(item: StoredItem, stored: readonly string[]): Finding {
  if (item.userId) return 'was erased, and has an item';
  return stored.length > 0 ? `was erased, and has ${stored.length} objects` : '';
}

function flawIn(item: StoredItem, stored: readonly string[], others: readonly string[]): Finding {
  if (item.leaseOwner) return 'the lease was never given back';
  const isWhole = !item.photoId || stored.length - others.length === SIZES.length;
  return isWhole ? '' : 'the pointer names objects that are not there';
}
