import 'didit-verify/define'
import { DiditVerify } from 'didit-verify'

postMessage(`class: ${typeof DiditVerify}, document: ${typeof document}`)
