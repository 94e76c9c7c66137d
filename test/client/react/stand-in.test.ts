import { describe, expect, test } from 'vitest';
import type { PartnerRecord } from '../../../client/core/types.ts';
import { gradientOf, initialsFor } from '../../../client/react/stand-in.ts';
import { PEER_GRADIENTS } from '../../../core/peer-colour.ts';

const record = { colour: 3, initials: 'BO' } as PartnerRecord;

describe('what stands in for a photo', () => {
  test('has the peer colour of the userId, also beyond 2^53', () => {
    const [top, bottom] = PEER_GRADIENTS[6];

    // 7 · 10^18 + 6
    expect(gradientOf('7000000000000000006', undefined)).toBe(`linear-gradient(${top},${bottom})`);
  });

  test('has a colour for an avatarId, and that of the record when there is one', () => {
    const avatarId = 'pfkqot2rc2pr6zafhwfsyqb5p5';

    expect(gradientOf(avatarId, undefined)).toContain('linear-gradient(#');
    expect(gradientOf(avatarId, record)).toContain(PEER_GRADIENTS[3][0]);
  });

  test('has the initials of the name that the page has, else those of the record, else none', () => {
    expect(initialsFor('Ada Lovelace', record)).toBe('AL');
    expect(initialsFor('', record)).toBe('BO');
    expect(initialsFor(undefined, undefined)).toBeUndefined();
  });
});
