export { isUserId } from './identity.ts'
export { type ProblemCode, problemKinds } from './problems.ts'
export { orderBody, paymentBody, productBody, refundBody } from './responses.ts'
export { type Service, serve } from './serve.ts'
