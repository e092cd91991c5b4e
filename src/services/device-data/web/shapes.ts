import type { OutputOf } from '../../../kernel/contract.ts'
import type { deviceData } from '../contract.ts'

type Operations = (typeof deviceData)['operations']

export type Import = OutputOf<Operations['listImports']>['items'][number]
export type ImportReport = OutputOf<Operations['readImport']>
export type Column = ImportReport['columns'][number]
export type Glucose = OutputOf<Operations['glucoseAnalytics']>
