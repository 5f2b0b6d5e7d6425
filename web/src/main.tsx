import '@mantine/core/styles.css'
import './app/app.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { App } from './app/app'
import { startTexts } from './i18n'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no place for the application')

await startTexts()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
