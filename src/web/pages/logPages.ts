import { AddOnePage } from '../../services/health-tracking/web/AddOnePage.tsx'
import { AddPage } from '../../services/health-tracking/web/AddPage.tsx'
import { AlertsPage } from '../../services/health-tracking/web/AlertsPage.tsx'
import { GoalsPage } from '../../services/health-tracking/web/GoalsPage.tsx'
import { MetricPage } from '../../services/health-tracking/web/MetricPage.tsx'
import { SymptomsPage } from '../../services/health-tracking/web/SymptomsPage.tsx'
import { TrendsPage } from '../../services/health-tracking/web/TrendsPage.tsx'
import { WellnessPage } from '../../services/wellness/web/WellnessPage.tsx'

/** The pages to log and of what was logged; they open without the server, and come as one file. */
export const logPages = {
  AddPage,
  AddOnePage,
  AlertsPage,
  GoalsPage,
  MetricPage,
  SymptomsPage,
  TrendsPage,
  WellnessPage,
}
