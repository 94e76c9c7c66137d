import { describe, expect, test } from 'vitest';
import { isShellRequest, shellFilesIn, shellKey } from '../../../client/sw/shell-url.ts';

const APP = 'https://app.example';
const CDN = 'https://cdn.example';

describe('the shell', () => {
  test.each<[string, string, RequestMode, RequestDestination, boolean]>([
    ['the page', `${APP}/`, 'navigate', 'document', true],
    ['its script', `${APP}/app.js`, 'cors', 'script', true],
    ['its style', `${APP}/app.css`, 'no-cors', 'style', true],
    ['its data', `${APP}/api/partner/recent`, 'cors', '', false],
    ['its pictures', `${APP}/logo.png`, 'no-cors', 'image', false],
    ['a module of the CDN', `${CDN}/client/v1/core.js`, 'cors', 'script', true],
    ['the same without CORS', `${CDN}/client/v1/core.js`, 'no-cors', 'script', false],
    ['another script of the CDN', `${CDN}/other.js`, 'cors', 'script', false],
  ])('%s (%s, %s, %s): %s', (_, href, mode, destination, isShell) => {
    const url = new URL(href);
    const asked = { url, request: { mode, destination }, sameOrigin: url.origin === APP };

    expect(isShellRequest(asked)).toBe(isShell);
  });
});

describe('what a page is kept under', () => {
  test('has nothing of Telegram’s launch, and nothing of a sign-in', () => {
    const launched = `${APP}/?lang=de&tgWebAppStartParam=x&tgWebAppVersion=9#tgWebAppData=hash%3Dsecret`;

    expect(shellKey(launched)).toBe(`${APP}/?lang=de`);
  });

  test('is otherwise its URL', () => {
    expect(shellKey(`${APP}/a/b?c=1&c=2`)).toBe(`${APP}/a/b?c=1&c=2`);
  });
});

describe('what a page loads at once', () => {
  test('is what its HTML names, with or without quotes', () => {
    const html = `<link rel=stylesheet href=/app.css><link rel="modulepreload" href='./chunk.js?v=1'>
      <script type="importmap">{"imports":{"react":"/vendor/react.mjs"}}</script>
      <script type="module">import { createAvatarClient } from '${CDN}/client/v1/core.js'</script>
      <script src="https://telegram.org/js/telegram-web-app.js"></script><img src="/logo.png">`;

    expect(shellFilesIn(html, new URL(`${APP}/list/`), APP)).toEqual([
      `${APP}/app.css`,
      `${APP}/list/chunk.js?v=1`,
      `${APP}/vendor/react.mjs`,
      `${CDN}/client/v1/core.js`,
    ]);
  });

  test('is what its modules import, but not what they may load later', () => {
    const script = `import"./a.js";import{b}from"../b.js";export * from './c.js';
      const later = () => import('./later.js'); const text = "not/this.js"; import 'react';`;

    expect(shellFilesIn(script, new URL(`${APP}/js/app.js`), APP)).toEqual([
      `${APP}/js/a.js`,
      `${APP}/b.js`,
      `${APP}/js/c.js`,
    ]);
  });

  test('is all that the client is made of, what it loads behind the first paint included', () => {
    const core = `import{a}from"./chunk.1.js";const later=()=>import("./core-later.2.js");`;

    expect(shellFilesIn(core, new URL(`${CDN}/client/v1/core.js`), APP)).toEqual([
      `${CDN}/client/v1/chunk.1.js`,
      `${CDN}/client/v1/core-later.2.js`,
    ]);
  });
});
