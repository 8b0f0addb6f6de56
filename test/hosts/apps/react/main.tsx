import { createRoot, hydrateRoot } from 'react-dom/client'
import { pages } from './page.tsx'

const root = document.querySelector('#root') as HTMLElement
const [name = 'index'] = Object.keys(pages).filter((each) => location.pathname.includes(each))
const page = pages[name as keyof typeof pages]
if (root.firstElementChild) hydrateRoot(root, page)
else createRoot(root).render(page)
