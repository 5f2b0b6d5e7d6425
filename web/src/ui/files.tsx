import { later } from './later'
import { Loading } from './states'

/** The files beside a record, and the place to add some. */
export const Files = later(() => import('./files-panel').then((m) => m.FilesPanel), <Loading rows={2} />)
