// Starts the page, and the worker that keeps it for when there is no network.

import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './demo.css';
import { readLaunch } from './launch.ts';
import { applyTheme } from './theme.ts';

const launch = readLaunch(location.hash, () => sessionStorage);
applyTheme(launch?.theme);
const root = document.getElementById('root');
if (root) createRoot(root).render(<App launch={launch} />);

// Telegram for iOS has no service workers; the client keeps pictures in IndexedDB there.
navigator.serviceWorker?.register('/client/v1/sw.js', { scope: '/' }).catch(() => {
  // Nothing that is seen depends on it.
});
