export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  vue: { compilerOptions: { isCustomElement: (tag) => tag === 'didit-verify' } },
  // What it holds is never sent to a page. NUXT_VERIFY_API_KEY and so on fill it when the server starts.
  runtimeConfig: {
    verify: { publicUrl: '', apiKey: '', workflow: '', webhookSecret: '', baseUrl: '' },
  },
})
