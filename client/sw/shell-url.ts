// What belongs to the shell: the page, and the scripts and styles without which it would be there but dead.

const CLIENT_PATH = '/client/v1/';

/** What is asked for, and how. */
export interface ShellRequest {
  readonly url: URL;
  readonly request: Pick<Request, 'mode' | 'destination'>;
  readonly sameOrigin: boolean;
}

/** Whether a request is for a page, a script or a style of the page's own origin, or for a module of Cameo's CDN. */
export function isShellRequest({ url, request, sameOrigin }: ShellRequest): boolean {
  const { mode, destination } = request;
  if (sameOrigin) return mode === 'navigate' || destination === 'script' || destination === 'style';
  return mode === 'cors' && destination === 'script' && url.pathname.startsWith(CLIENT_PATH);
}

/**
 * What a page is kept under. Telegram hands the sign-in over in the fragment and adds parameters of its own: the page
 * is the same without, and a sign-in has no business on the disk.
 */
export function shellKey(text: string): string {
  const url = new URL(text);
  url.hash = '';
  for (const name of [...url.searchParams.keys()]) {
    if (name.startsWith('tgWebApp')) url.searchParams.delete(name);
  }
  return url.href;
}

const IN_HTML = /["'=]([^"'\s<>=]+\.(?:m?js|css)(?:\?[^"'\s<>]*)?)(?=["'\s>])/g;
const IN_SCRIPT = /\b(?:from|import)\s*["']((?:\.{0,2}\/|https?:)[^"']+)["']/g;
// The client loads a part of itself behind the first paint, each time: offline it has to be there.
const IN_CLIENT = /\b(?:from|import)\s*\(?\s*["']((?:\.{0,2}\/|https?:)[^"']+)["']/g;

/** The files of the shell that a page or script names in its text: what it loads at once, as good as that can be seen. */
export function shellFilesIn(text: string, base: URL, origin: string): readonly string[] {
  const named = [...text.matchAll(patternOf(base.pathname))].map(([, name = '']) => name);
  return named
    .filter((name) => URL.canParse(name, base.href))
    .map((name) => new URL(name, base))
    .filter((url) => url.origin === origin || url.pathname.startsWith(CLIENT_PATH))
    .map(({ href }) => href);
}

function patternOf(path: string): RegExp {
  if (path.startsWith(CLIENT_PATH)) return IN_CLIENT;
  return /\.m?js$/.test(path) ? IN_SCRIPT : IN_HTML;
}
