// What happens around the functions in a run: time passes, people come, look, change their photo and go, somebody
// crashes, a message comes twice.

import fc from 'fast-check';
import type { Occasion } from '../../core/register-partner.ts';
import { DEFAULT_SIZE } from '../../core/sizes.ts';
import { forget, register, view } from './functions.ts';
import { BAD_PHOTO } from './telegram.ts';
import type { ModelWorld } from './world.ts';

/** One event. */
export type Happening =
  | { readonly kind: 'time passes'; readonly ms: number }
  | { readonly kind: 'view' | 'forget' | 'lose objects' | 'hiccup' | 'all wake' | 'all rest' }
  | { readonly kind: 'register'; readonly occasion: Occasion; readonly isHinted: boolean }
  | { readonly kind: 'show'; readonly photoId: string | undefined; readonly isGone: boolean }
  | { readonly kind: 'crash' | 'freeze' | 'message again'; readonly which: number }
  | { readonly kind: 'throttle'; readonly seconds: number };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('time passes' as const),
      // Within a fetch; a claim's, a lease's and an erasure's end; a message's visibility; the next day.
      ms: fc.constantFrom(200, 200, 1_000, 5_000, 11_000, 26_000, 31_000, 121_000, 1.2 * DAY_MS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('view' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('forget', 'lose objects', 'hiccup', 'all wake') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('register' as const),
      occasion: fc.constantFrom<Occasion>('joined', 'joined', 'listed'),
      isHinted: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('show' as const),
      photoId: fc.constantFrom('A', 'A', 'B', 'B', BAD_PHOTO, undefined),
      isGone: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('crash' as const, 'freeze' as const, 'message again' as const),
      which: fc.nat({ max: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('throttle' as const),
      seconds: fc.constantFrom(3, 35),
    }),
  },
);

/** A run's happenings. */
export const script: fc.Arbitrary<Happening[]> = fc.array(happening, {
  minLength: 1,
  maxLength: 24,
});

/** Lets it happen; what is begun goes on beside what happens next. */
export function happen(world: ModelWorld, happening: Happening): void {
  const { actors, queues, telegram } = world;
  switch (happening.kind) {
    case 'time passes':
      actors.advance(happening.ms);
      queues.deliver();
      break;
    case 'view':
      void view(world, DEFAULT_SIZE);
      break;
    case 'register':
      void register(world, happening.occasion, happening.isHinted);
      break;
    case 'forget':
      void forget(world);
      break;
    case 'show':
      telegram.show(happening.photoId, happening.isGone);
      break;
    case 'hiccup':
      telegram.hiccup();
      break;
    case 'throttle':
      telegram.throttle(happening.seconds);
      break;
    case 'crash':
      actors.kill(happening.which);
      break;
    case 'freeze':
      actors.freeze(happening.which);
      break;
    case 'all wake':
      actors.wakeAll();
      break;
    case 'all rest':
      // Its turn comes last (run.ts).
      break;
    case 'message again':
      queues.repeat(happening.which);
      break;
    case 'lose objects':
      loseObjects(world);
      break;
  }
}

/** What S3's lifecycle does to a photo that was stored long ago. */
function loseObjects({ item, bucket, avatarId, watch }: ModelWorld): void {
  const photoId = item().photo?.photoId;
  if (photoId === undefined || !bucket.has(avatarId, photoId)) return;
  watch.lost(photoId);
  void bucket.remove(avatarId, photoId);
}
