// The picture at a placeholder URL: initials on the peer gradient, or a silhouette where there is no name.

import { PEER_GRADIENTS } from './peer-colour.ts';

const SILHOUETTE =
  '<g fill="#fff" fill-opacity=".9"><circle cx="50" cy="38" r="17"/><path d="M14 96c0-22 16-35 36-35s36 13 36 35z"/></g>';

/** An SVG of a few hundred bytes; `initials` (may be empty) is escaped, `colour` is 0–6. */
export function placeholderSvg(colour: number, initials: string): string {
  const [top, bottom] = PEER_GRADIENTS[colour % PEER_GRADIENTS.length] ?? PEER_GRADIENTS[0];
  const face = initials
    ? `<text x="50" y="50" dy=".36em" text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif" font-size="42" font-weight="600">${escapeXml(initials)}</text>`
    : SILHOUETTE;
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">' +
    `<linearGradient id="g" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient>` +
    `<path fill="url(#g)" d="M0 0h100v100H0z"/>${face}</svg>`
  );
}

function escapeXml(text: string): string {
  return text
    .replace(NOT_IN_XML, '\ufffd')
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Not even escaped (XML 1.0, "Char"): one of them, and no picture is shown at all.
const NOT_IN_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;
