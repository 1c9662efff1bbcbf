// Refusals whose text is fixed by the contract of the session API.
import { ApiRefusal } from '../../transport/errors.ts'

export const unauthorized = (): ApiRefusal => new ApiRefusal(401, 'Invalid access key')
export const noSession = (id: string): ApiRefusal => new ApiRefusal(404, `Session ${id} not found`)
