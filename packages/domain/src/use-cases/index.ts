import { acceptNotification } from './accept-notification.ts'
import { believeGateway } from './believe-gateway.ts'
import { bindGateway } from './bind-gateway.ts'
import { cancelOrder } from './cancel-order.ts'
import { checkGateway } from './check-gateway.ts'
import { createOrder } from './create-order.ts'
import { createProduct } from './create-product.ts'
import { expireOrders } from './expire-orders.ts'
import { forgetKeys } from './forget-keys.ts'
import { getClaim } from './get-claim.ts'
import { getOrder } from './get-order.ts'
import { getPayment } from './get-payment.ts'
import { listOrders } from './list-orders.ts'
import { listPayments } from './list-payments.ts'
import { listRefunds } from './list-refunds.ts'
import { modifyOrder } from './modify-order.ts'
import { payOrder } from './pay-order.ts'
import { getProduct, listMovements, listProducts } from './products.ts'
import { reconcilePayments } from './reconcile-payments.ts'
import type { Ports } from './request.ts'
import { retryOrder } from './retry-order.ts'
import { retryPayment } from './retry-payment.ts'
import { settleRefunds } from './settle-refunds.ts'
import { updateProduct } from './update-product.ts'

/** All that the system can do: the table of contents. */
export const createUseCases = (outside: Ports) => {
  const gateway = believeGateway(outside)
  const ports = { ...outside, gateway }
  return {
    createOrder: createOrder(ports),
    retryOrder: retryOrder(ports),
    modifyOrder: modifyOrder(ports),
    cancelOrder: cancelOrder(ports),
    expireOrders: expireOrders(ports),
    getOrder: getOrder(ports),
    listOrders: listOrders(ports),

    payOrder: payOrder(ports),
    retryPayment: retryPayment(ports),
    getClaim: getClaim(ports),
    getPayment: getPayment(ports),
    listPayments: listPayments(ports),
    reconcilePayments: reconcilePayments(ports),
    acceptNotification: acceptNotification(ports),
    settleRefunds: settleRefunds(ports),
    listRefunds: listRefunds(ports),

    createProduct: createProduct(ports),
    updateProduct: updateProduct(ports),
    getProduct: getProduct(ports),
    listProducts: listProducts(ports),
    listMovements: listMovements(ports),

    bindGateway: bindGateway(outside, gateway),
    checkGateway: checkGateway(ports),
    /** Whether a charge would be sent now, and to the gateway that the database believes. */
    canCharge: () => gateway.isAvailable(),
    /** Whether the gateway that the database believes was the last that answered. */
    isGatewayConfirmed: () => gateway.isConfirmed(),

    forgetKeys: forgetKeys(ports),
  }
}

/** The use cases, bound to their ports. */
export type UseCases = ReturnType<typeof createUseCases>
