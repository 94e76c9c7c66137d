// What the page knows of service workers.

/** The page's service workers; `undefined` where there are none, as in a sandboxed frame, where the question is an error. */
export function serviceWorkers(): ServiceWorkerContainer | undefined {
  try {
    return navigator.serviceWorker;
  } catch {}
}
