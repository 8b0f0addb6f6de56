import { renderToString } from 'react-dom/server'
import { pages } from './page.tsx'

export const index = () => renderToString(pages.index)
export const more = () => renderToString(pages.more)
export const tag = () => renderToString(pages.tag)
