// The style sheet, as a string: no bundler has to know CSS. `:where` has no specificity, so whatever the page says wins.
// Colours are what the page sets, else what Telegram sets, else the system's own of a light or a dark page.

/** All rules. A picture that waits pulses ten times; then the stand-in is shown, also where no script ever runs. */
export const STYLES =
  ':where(.cameo-picture){' +
  'background:var(--cameo-background,var(--tg-theme-secondary-bg-color,color-mix(in srgb,CanvasText 8%,Canvas)));' +
  'color:var(--tg-theme-text-color,CanvasText);' +
  'contain:paint;' +
  'color-scheme:light dark;' +
  'flex:none;' +
  'border-radius:var(--cameo-radius,50%);' +
  'vertical-align:middle;' +
  'height:var(--cameo-size);' +
  'width:var(--cameo-size);' +
  'display:inline-block;' +
  'font:600 calc(var(--cameo-size)*.42) var(--cameo-font,system-ui)}' +
  ':where(.cameo-picture>*){' +
  'place-content:center;' +
  'pointer-events:none;' +
  'position:absolute;' +
  'object-fit:cover;' +
  'width:100%;' +
  'height:100%;' +
  'inset:0;' +
  'display:grid}' +
  ':where(.cameo-initials){' +
  'background:var(--cameo-gradient);' +
  'color:#fff}' +
  ':where(.cameo-initials:empty){background:radial-gradient(circle at 50% 38%,#fffd 21%,#0000 22%),radial-gradient(circle at 50% 97%,#fffd 33%,#0000 34%),var(--cameo-gradient)}' +
  ':where(.cameo-waiting){animation:cameo-waiting 0s 10s both}' +
  ':where(.cameo-skeleton){background:#8883}' +
  ':where(.cameo-more){font-size:calc(var(--cameo-size)*.32)}' +
  ':where(.cameo-group){display:inline-flex}' +
  ':where(.cameo-group>*){box-shadow:0 0 0 2px var(--cameo-ring,var(--tg-theme-bg-color,Canvas))}' +
  ':where(.cameo-group>*+*){margin-inline-start:calc(var(--cameo-size)*-.25)}' +
  // Where no motion is wanted it is over at once: its end tells that the picture is there.
  ':where(.cameo-fading){animation:cameo-fading 1ms}' +
  '@media(prefers-reduced-motion:no-preference){' +
  ':where(.cameo-skeleton){animation:cameo-fading 1s var(--cameo-delay) 10 alternate both}' +
  ':where(.cameo-fading){animation:cameo-fading var(--cameo-transition)}}' +
  '@keyframes cameo-waiting{0%{visibility:hidden}}' +
  '@keyframes cameo-fading{0%{opacity:0}}';
