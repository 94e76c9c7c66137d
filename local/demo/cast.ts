// The people of the demo page: the names that break lists, and every kind of photo that the stand-in has.

/** A partner as a backend registers one; the id decides the photo (local/bot-api/README.md). */
export interface CastMember {
  readonly userId: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly username?: string;
}

/** In the order in which they join, so that the last one is the newest of the list. */
export const CAST: readonly CastMember[] = [
  { userId: 5_204_118_073, firstName: 'प्रिया', lastName: 'शर्मा', username: 'priya' },
  // A picture for a name, and none for a face.
  { userId: 5_204_118_080, firstName: '🦊', username: 'fox' },
  { userId: 5_204_118_076, firstName: '山田', lastName: '太郎', username: 'taro' },
  // Deleted at Telegram: no name, and an id that nobody knows any more.
  { userId: 5_300_010_404 },
  {
    userId: 5_204_118_071,
    firstName: 'Wolfgang Amadeus Maximilian',
    lastName: 'Hubert von Schleswig-Holstein-Sonderburg',
    username: 'wolfgang_with_the_longest_name',
  },
  { userId: 5_204_118_074, firstName: 'José', lastName: 'Ramírez', username: 'jose_r' },
  // No photo, one word.
  { userId: 5_204_118_070, firstName: 'Zoë', username: 'zoe' },
  { userId: 5_204_118_075, firstName: 'Юлия', lastName: 'Смирнова' },
  { userId: 5_204_118_078, firstName: 'ليلى', lastName: 'حداد', username: 'leila' },
  { userId: 5_204_118_072, firstName: 'Ada', lastName: 'Lovelace', username: 'ada' },
];
