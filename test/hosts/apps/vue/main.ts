import { createApp, createSSRApp } from 'vue'
import Page from './Page.vue'

const root = document.querySelector('#root') as HTMLElement
const app = root.firstElementChild ? createSSRApp(Page) : createApp(Page)
app.mount(root)
