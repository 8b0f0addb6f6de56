// In place of Lit where there is no document and Lit has no build for it: edge runtimes and workers.
// A server that runs there imports the element to render its tag; nothing is ever made of it.

export class LitElement {}

export const css = (): object => ({})
export const html = (): object => ({})
export const nothing = undefined
