import { render } from 'preact'
import { App } from './App.tsx'
import { loadSession } from './client/session.ts'
import { applyTheme } from './client/theme.ts'

applyTheme()
void loadSession()
const root = document.getElementById('root')
if (root !== null) render(<App />, root)
