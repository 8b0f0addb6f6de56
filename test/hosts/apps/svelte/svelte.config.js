// Keeps svelte-check from reading the bundle's own vite.config.ts.
export default {}
