import { expect, test } from 'vitest';
import { snapshotOf } from '../../../client/core/snapshot.ts';
import { createViews } from '../../../client/core/views.ts';

test('one of many views is painted without the others', () => {
  const painted: string[] = [];
  const views = createViews(({ id, phase, picture }) => {
    painted.push(id);
    return snapshotOf(undefined, picture, phase, false);
  }, []);
  const view = views.of('7', 150);
  views.of('8', 150);
  painted.length = 0;
  view.phase = 'loading';

  views.publish(view);

  expect(painted).toEqual(['7']);
  expect(views.of('7', 150).snapshot.status).toBe('loading');
});
