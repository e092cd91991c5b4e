import type { FigureDefinition } from './figure.ts'

const TIR = 'Battelino et al., Diabetes Care 2019;42:1593'
const CGM_NEEDS = 'at least 14 days with at least 70 % of the readings'
const CGM_LIMITS = 'Interstitial glucose of a sensor; not for diagnosis or dosing. Gaps are not filled.'

function cgm(name: string, unit: string, formula: string, citation = TIR): FigureDefinition {
  return { name, unit, formula: `${formula}/1`, needs: CGM_NEEDS, citation, limits: CGM_LIMITS }
}

export const GLUCOSE = {
  mean: cgm('Mean glucose', 'mg/dL', 'cgm-mean'),
  deviation: cgm('Standard deviation', 'mg/dL', 'cgm-sd'),
  variation: cgm('Coefficient of variation', '%', 'cgm-cv'),
  gmi: cgm('Glucose management indicator', '%', 'gmi', 'Bergenstal et al., Diabetes Care 2018;41:2275'),
  inRange: cgm('Time in range 70 to 180 mg/dL', '%', 'tir-70-180'),
  lowRisk: cgm('Low blood glucose index', '{index}', 'lbgi', 'Kovatchev et al., Diabetes Care 2006;29:2433'),
  highRisk: cgm('High blood glucose index', '{index}', 'hbgi', 'Kovatchev et al., Diabetes Care 2006;29:2433'),
  riskIndex: cgm('Glycaemia risk index', '{index}', 'gri', 'Klonoff et al., J Diabetes Sci Technol 2023;17:1226'),
  daily: cgm('Mean of daily differences', 'mg/dL', 'modd', 'Molnar et al., Diabetologia 1972;8:342'),
  excursion: cgm(
    'Mean amplitude of excursions',
    'mg/dL',
    'mage-first-direction',
    'Service et al., Diabetes 1970;19:644',
  ),
}

const HRV_NEEDS = 'at least 240 beats over 5 minutes with at most 5 % artefacts'
const TASK_FORCE = 'Task Force of the ESC and NASPE, Circulation 1996;93:1043'

function hrv(name: string, unit: string, formula: string): FigureDefinition {
  const limits = 'Depends on posture, time and breathing; SDNN of different lengths must not be compared.'
  return { name, unit, formula: `${formula}/1`, needs: HRV_NEEDS, citation: TASK_FORCE, limits }
}

export const HRV = {
  sdnn: hrv('SDNN', 'ms', 'sdnn'),
  rmssd: hrv('RMSSD', 'ms', 'rmssd'),
  pnn50: hrv('pNN50', '%', 'pnn50-of-differences'),
  meanNn: hrv('Mean time between beats', 'ms', 'mean-nn'),
  balance: {
    name: 'Balance against the own 30 days',
    unit: '{z}',
    formula: 'hrv-balance/1',
    needs: 'a figure of today or yesterday and at least 14 of the 30 days before',
    citation: 'Plews et al., Sports Med 2013;43:773 (own baseline); own formula',
    limits: 'SDNN and RMSSD are never mixed; compares a person with nobody but themselves.',
  },
}

const SLEEP_CITATION = 'AASM and Sleep Research Society, Sleep 2015;38:843; NSF, Sleep Health 2015;1:40'

function sleep(name: string, unit: string, formula: string, needs: string): FigureDefinition {
  const limits = 'Wearables estimate stages; nights count for the day of waking; naps are left out.'
  return { name, unit, formula: `${formula}/1`, needs, citation: SLEEP_CITATION, limits }
}

export const SLEEP = {
  duration: sleep('Mean sleep', 'h', 'sleep-duration-mean', 'at least 5 nights'),
  efficiency: sleep('Mean sleep efficiency', '%', 'sleep-efficiency-mean', 'at least 5 nights with the time in bed'),
  regularity: sleep('Spread of the middle of the night', 'min', 'sleep-midpoint-sd', 'at least 7 nights'),
}

export const RESTING: Readonly<Record<'mean' | 'trend', FigureDefinition>> = {
  mean: {
    name: 'Mean resting heart rate',
    unit: '/min',
    formula: 'resting-heart-rate-mean/1',
    needs: 'at least 5 days',
    citation: 'Quer et al., PLoS One 2020;15:e0227709',
    limits: 'Measured values of the device win over those derived from the night.',
  },
  trend: {
    name: 'Change in a week',
    unit: '/min',
    formula: 'theil-sen/1',
    needs: 'at least 14 days over two weeks',
    citation: 'Theil 1950; Sen, J Am Stat Assoc 1968;63:1379',
    limits: 'The slope is the median of all pairs of days.',
  },
}

const HOME = '2023 ESH guideline (home protocol); 2024 ESC guideline (threshold 135/85 mm[Hg])'

function pressure(name: string, formula: string): FigureDefinition {
  return {
    ...{ name, unit: 'mm[Hg]', formula: `${formula}/1`, citation: HOME },
    needs: 'within a week, after its first day, at least 3 days with 12 readings',
    limits: 'Not for pregnancy or an irregular pulse without a doctor; one average is no diagnosis.',
  }
}

export const PRESSURE = {
  systolic: pressure('Home systolic pressure', 'home-bp-systolic'),
  diastolic: pressure('Home diastolic pressure', 'home-bp-diastolic'),
}
