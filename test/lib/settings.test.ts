import { describe, expect, it } from 'vitest';
import { InvalidSettings, readSettings } from '../../lib/settings.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/abc-1';
const read = (context: Record<string, unknown>) => readSettings((name) => context[name]);

describe('the settings', () => {
  it('work without any', () => {
    expect(read({})).toEqual({
      botTokenSecretName: 'cameo/bot-token',
      telegramApiRoot: 'https://api.telegram.org',
    });
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

  it.each([
    ['botTokenSecretName', ''],
    ['botTokenSecretName', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x'],
    ['telegramApiRoot', 'https://api.telegram.org/'],
    ['telegramApiRoot', 'api.telegram.org'],
    ['domainName', 'https://avatars.example.com'],
    ['certificateArn', CERTIFICATE.replace('us-east-1', 'eu-west-1')],
    ['telegramApiRoot', 7],
  ])('name the one that will not do: %s = %j', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: `));
  });

  it('tell every mistake at once, one a line', () => {
    const attempt = () => read({ botTokenSecretName: 'a b', telegramApiRoot: 'nowhere' });

    expect(attempt).toThrow(InvalidSettings);
    expect(attempt).toThrow(/^botTokenSecretName: .+\ntelegramApiRoot: .+$/);
  });

  it('never repeat a bot token that was put where its secret’s name belongs', () => {
    expect(() => read({ botTokenSecretName: '123456:SECRET' })).not.toThrow(/SECRET/);
  });

  it('want both or neither of a domain and its certificate', () => {
    expect(() => read({ domainName: 'avatars.example.com' })).toThrow(/both or neither/);
  });
});
