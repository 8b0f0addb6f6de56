const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const output = document.querySelector('output') as HTMLOutputElement
worker.addEventListener('message', ({ data }) => {
  output.textContent = data
})
