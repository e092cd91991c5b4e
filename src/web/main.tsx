import { render } from 'preact'
import { App } from './App.tsx'
import { loadSession } from './client/session.ts'
import { applyTheme } from './client/theme.ts'
import { loadLanguage } from './texts/catalogue.ts'

applyTheme()
void loadSession()
void loadLanguage().then(() => {
  const root = document.getElementById('root')
  if (root !== null) render(<App />, root)
})
