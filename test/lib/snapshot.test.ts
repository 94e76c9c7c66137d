import { expect, it } from 'vitest';
import { synthesise } from './synthesise.ts';

it('changes the template only where somebody meant to', () => {
  const { Resources, Outputs } = synthesise().toJSON();

  expect(masked({ Resources, Outputs })).toMatchSnapshot();
});

// The dashboard is one line of JSON in JSON, which dashboard.test.ts reads.
const LEFT_OUT = ['Metadata', 'DashboardBody'];

/** Without what changes with every edit of a Lambda or every release of the CDK, and means nothing. */
function masked(template: object): unknown {
  const text = JSON.stringify(template, (key, value) =>
    LEFT_OUT.includes(key) ? undefined : value,
  );
  return JSON.parse(
    text
      .replaceAll(/[0-9a-f]{64}(?=\.zip)/g, 'asset-hash')
      .replaceAll(/(?<=CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}/g, ''),
  );
}
