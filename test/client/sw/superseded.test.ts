import { expect, test } from 'vitest';
import { supersededUrls } from '../../../client/sw/superseded.ts';

const [ANN, BOB] = ['a'.repeat(26), 'b'.repeat(26)];

function picture(avatarId: string, photoId: string, size = 150, cdn = 'https://cdn.example') {
  return `${cdn}/avatars/${avatarId}/${photoId}/${size}.webp`;
}

test('finds every size of the photo before the last one, and nobody else’s', () => {
  const kept = [
    picture(ANN, 'first', 64),
    picture(BOB, 'first', 64),
    picture(ANN, 'first', 512),
    picture(ANN, 'second', 150),
    picture(ANN, 'second', 64),
  ];

  expect(supersededUrls(kept)).toEqual([picture(ANN, 'first', 64), picture(ANN, 'first', 512)]);
});

test('takes the photo that was kept last for the newest, also if it was there before', () => {
  const kept = [picture(ANN, 'second'), picture(ANN, 'first')];

  expect(supersededUrls(kept)).toEqual([picture(ANN, 'second')]);
});

test('leaves another CDN’s alone', () => {
  const kept = [picture(ANN, 'first'), picture(ANN, 'second', 150, 'https://staging.example')];

  expect(supersededUrls(kept)).toEqual([]);
});
