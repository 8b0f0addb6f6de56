// The analyzer's own declarations leave out what its readme names for use from a program.

declare module '@custom-elements-manifest/analyzer/index.js' {
  export { default as ts } from 'typescript'
  export function create(options: { modules: unknown[]; plugins: unknown[]; context: object }): {
    schemaVersion: string
    modules: never[]
  }
}

declare module '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js' {
  /** What reads `static properties`. */
  export function litPlugin(): unknown[]
}
