// What Telegram gives a Mini App when it opens it: parameters behind the `#` (core.telegram.org/bots/webapps). They are
// read here rather than by Telegram's script, so that the first paint waits for nobody else's server.

/** A launch by Telegram. */
export interface Launch {
  /** Signed by Telegram; what `Telegram.WebApp.initData` is. */
  readonly initData: string;
  readonly userId: string;
  /** Colours by name, such as `bg_color`. */
  readonly theme: Readonly<Record<string, string>>;
}

const KEPT_AS = 'cameo-demo-launch';

/**
 * The launch, undefined outside Telegram. `kept` lets it outlive a way through the page that loses the `#`; a browser
 * that forbids it, as in a frame, has it from the `#` alone.
 */
export function readLaunch(
  hash: string,
  kept: () => Pick<Storage, 'getItem' | 'setItem'>,
): Launch | undefined {
  const given = hash.replace(/^#/, '');
  const launch = parseLaunch(given);
  try {
    if (launch) kept().setItem(KEPT_AS, given);
    return launch ?? parseLaunch(kept().getItem(KEPT_AS) ?? '');
  } catch {
    return launch;
  }
}

function parseLaunch(text: string): Launch | undefined {
  const parameters = new URLSearchParams(text);
  const initData = parameters.get('tgWebAppData');
  if (!initData) return undefined;
  const user = parseObject(new URLSearchParams(initData).get('user'));
  if (user.id === undefined) return undefined;
  const colours = Object.entries(parseObject(parameters.get('tgWebAppThemeParams')));
  return {
    initData,
    userId: String(user.id),
    theme: Object.fromEntries(colours.filter(isColour)),
  };
}

function isColour(entry: [string, unknown]): entry is [string, string] {
  return /^[a-z_]+$/.test(entry[0]) && /^#[0-9a-f]{6}$/i.test(String(entry[1]));
}

function parseObject(json: string | null): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(json ?? '{}');
    return typeof read === 'object' && read !== null ? { ...read } : {};
  } catch {
    return {};
  }
}
