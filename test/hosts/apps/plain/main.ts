import './verify.ts'

const main = document.querySelector('main')
const element = document.querySelector('didit-verify')
document.querySelector('#toggle')?.addEventListener('click', () => {
  if (element?.isConnected) element.remove()
  else if (element) main?.append(element)
})
