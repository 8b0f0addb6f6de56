import { render as renderPage } from 'svelte/server'
import Page from './Page.svelte'

export const index = () => renderPage(Page).body
