// A request to the Bot API, read: which call it is, with which token and parameters.
import type { Parameters } from './request-body.ts';

/** The methods that the stand-in has, as the documentation writes them. */
const METHODS = ['getMe', 'getUserProfilePhotos', 'getFile', 'getChat'] as const;

/** A method of the Bot API. */
export type Method = (typeof METHODS)[number];

/** Whatever can be counted, delayed or made to fail: a method, or a download. */
export const CALLS = [...METHODS, 'download'] as const;

/** The name of a call. */
export type CallName = (typeof CALLS)[number];

/** Where a request's path leads. */
export type Target = { readonly token: string } & (
  | { readonly name: 'download'; readonly filePath: string }
  | { readonly name: Method }
);

/** A target with the request's parameters. */
export type Call = Target & { readonly parameters: Parameters };

/** Reads `/bot<token>/<method>` or `/file/bot<token>/<file_path>`; undefined for anything else. */
export function readTarget(pathname: string): Target | undefined {
  const [, file, token, rest] = /^(\/file)?\/bot([^/]*)\/(.+)$/.exec(decodePath(pathname)) ?? [];
  if (token === undefined || rest === undefined) return;
  if (file !== undefined) return { name: 'download', token, filePath: rest };
  const name = METHODS.find((method) => method.toLowerCase() === rest.toLowerCase());
  return name && { name, token };
}

/** True if the value is the name of a call. */
export function isCallName(value: unknown): value is CallName {
  return CALLS.some((name) => name === value);
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return '';
  }
}
