// The bundler makes a style sheet of it; to the compiler there is nothing in it.

declare module '*.css' {}
