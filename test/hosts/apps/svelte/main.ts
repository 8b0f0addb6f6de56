import { hydrate, mount } from 'svelte'
import Page from './Page.svelte'

const target = document.querySelector('#root') as HTMLElement
if (target.firstElementChild) hydrate(Page, { target })
else mount(Page, { target })
