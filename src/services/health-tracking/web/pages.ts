import { AlertsPage } from './AlertsPage.tsx'
import { GoalsPage } from './GoalsPage.tsx'
import { MetricPage } from './MetricPage.tsx'
import { SymptomsPage } from './SymptomsPage.tsx'
import { TrendsPage } from './TrendsPage.tsx'

/** The pages of what was measured: opened one after the other, they come as one file. */
export const healthPages = { TrendsPage, MetricPage, SymptomsPage, GoalsPage, AlertsPage }
