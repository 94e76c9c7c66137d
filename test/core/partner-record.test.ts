import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Partner } from '../../core/partner.ts';
import { partnerRecord } from '../../core/partner-record.ts';
import { NOW } from '../world.ts';

const ORIGIN = 'https://cdn.example';
const avatarId = avatarIdOf('k', '43');
const partner: Partner = { avatarId, userId: '43', firstName: 'Ada', joinedAtMs: NOW };
const photo = { photoId: 'AQADa', lqip: 'data:image/webp;base64,AA' };

describe('the record of a partner', () => {
  test('whose photo is stored has versioned URLs, the LQIP and the time of the check', () => {
    const whole = { ...partner, lastName: 'Lovelace', username: 'ada', photo, checkedAtMs: NOW };

    expect(partnerRecord(whole, ORIGIN)).toEqual({
      userId: '43',
      avatarId,
      photoId: 'AQADa',
      state: 'stored',
      urls: {
        64: `${ORIGIN}/avatars/${avatarId}/AQADa/64.webp`,
        150: `${ORIGIN}/avatars/${avatarId}/AQADa/150.webp`,
        300: `${ORIGIN}/avatars/${avatarId}/AQADa/300.webp`,
        512: `${ORIGIN}/avatars/${avatarId}/AQADa/512.webp`,
      },
      lqip: photo.lqip,
      name: 'Ada Lovelace',
      username: 'ada',
      initials: 'AL',
      colour: 1,
      checkedAt: '2027-01-15T08:00:00.000Z',
    });
  });

  test('whose photo is on its way has URLs that will show it, and null for what is not known', () => {
    expect(partnerRecord(partner, ORIGIN)).toEqual({
      userId: '43',
      avatarId,
      photoId: null,
      state: 'pending',
      urls: {
        64: `${ORIGIN}/avatars/${avatarId}?size=64`,
        150: `${ORIGIN}/avatars/${avatarId}`,
        300: `${ORIGIN}/avatars/${avatarId}?size=300`,
        512: `${ORIGIN}/avatars/${avatarId}?size=512`,
      },
      lqip: null,
      name: 'Ada',
      username: null,
      initials: 'A',
      colour: 1,
      checkedAt: null,
    });
  });

  test('without a photo says so once Telegram was asked', () => {
    expect(partnerRecord({ ...partner, checkedAtMs: NOW }, ORIGIN).state).toBe('none');
  });

  test('tells nothing of claims and leases', () => {
    const busy = { ...partner, claimedUntilMs: NOW, replacedPhotoId: 'AQADold' };

    expect(partnerRecord(busy, ORIGIN)).toEqual(partnerRecord(partner, ORIGIN));
  });
});
