// The service worker for whoever has none: a script that is registered or imported as it is.

export {};
