import { describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { defaults } from '../../core/operator-settings.ts';
import { MESSAGE_RETENTION_DAYS } from '../../core/topology.ts';
import { InvalidSettings, readSettings } from '../../lib/settings.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/abc-1';
const read = (context: Record<string, unknown>) => readSettings((name) => context[name]);

describe('the settings', () => {
  it('work without any', () => {
    expect(read({})).toEqual({
      botTokenSecretName: 'cameo/bot-token',
      telegramApiRoot: 'https://api.telegram.org',
      ...defaults,
    });
  });

  it('stand in cdk.json with their defaults', () => {
    expect(read(cdkJson.context)).toEqual(read({}));
    expect(cdkJson.context).toMatchObject({ botId: '', ...defaults });
  });

  it('take a self-hosted Bot API and a domain', () => {
    const settings = read({
      telegramApiRoot: 'http://bot-api.internal:8081/base',
      domainName: 'avatars.example.com',
      certificateArn: CERTIFICATE,
    });

    expect(settings).toMatchObject({
      telegramApiRoot: 'http://bot-api.internal:8081/base',
      domain: { name: 'avatars.example.com', certificateArn: CERTIFICATE },
    });
  });

  it('take a number as cdk.json writes it and as -c gives it', () => {
    const numbers = {
      initDataMaxAgeSeconds: 60,
      warmPartners: 0,
      photoRetentionDays: 1,
      tombstoneDays: 3650,
    };
    const texts = Object.entries(numbers).map(([name, value]) => [name, String(value)]);

    expect(read({ ...numbers, botId: 123 })).toMatchObject({ ...numbers, botId: '123' });
    expect(read({ ...Object.fromEntries(texts), botId: '123' })).toEqual(
      read({ ...numbers, botId: 123 }),
    );
  });

  it.each([
    ['botTokenSecretName', ''],
    ['botTokenSecretName', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x'],
    ['telegramApiRoot', 'https://api.telegram.org/'],
    ['telegramApiRoot', 'api.telegram.org'],
    ['domainName', 'https://avatars.example.com'],
    ['certificateArn', CERTIFICATE.replace('us-east-1', 'eu-west-1')],
    ['telegramApiRoot', 7],
    ['botId', '123456:AAF'],
    ['botId', '@cameo_bot'],
    ['botId', '0'],
    ['botId', -1],
    ['botId', 1e21],
    ['initDataMaxAgeSeconds', 59],
    ['initDataMaxAgeSeconds', 86_401],
    ['initDataMaxAgeSeconds', '1h'],
    ['warmPartners', 101],
    ['warmPartners', -1],
    ['warmPartners', '2.5'],
    ['warmPartners', ''],
    ['warmPartners', true],
    ['photoRetentionDays', 0],
    ['photoRetentionDays', '1e2'],
    ['photoRetentionDays', 3651],
    ['tombstoneDays', MESSAGE_RETENTION_DAYS],
    ['tombstoneDays', 3651],
  ])('name the one that will not do: %s = %j', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: set .+$`));
  });

  it('tell every mistake at once, one a line', () => {
    const attempt = () =>
      read({ botTokenSecretName: 'a b', telegramApiRoot: 'nowhere', warmPartners: 'all' });

    expect(attempt).toThrow(InvalidSettings);
    expect(attempt).toThrow(
      /^botTokenSecretName: .+\ntelegramApiRoot: .+\nwarmPartners: set a whole number from 0 to 100$/,
    );
  });

  it.each(['botTokenSecretName', 'botId'])(
    'never repeat a bot token that was put where %s belongs',
    (name) => {
      expect(() => read({ [name]: '123456:SECRET' })).toThrow(InvalidSettings);
      expect(() => read({ [name]: '123456:SECRET' })).not.toThrow(/SECRET/);
    },
  );

  it('want both or neither of a domain and its certificate', () => {
    expect(() => read({ domainName: 'avatars.example.com' })).toThrow(/both or neither/);
  });
});
