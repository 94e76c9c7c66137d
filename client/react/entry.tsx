// The package's `./react`.

export {};
