import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

/** The part of a request that tells where it came from. */
type Sender = Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } }

/**
 * The address that a request came from, in its shortest form. Each proxy in front of the service adds the address that it
 * saw to `X-Forwarded-For`; only as many of them are believed, from the right, as there are proxies of ours. What stands
 * further left anybody may have written.
 */
export const clientAddress = ({ headers, socket }: Sender, trustedProxies: number): string => {
  const direct = parseAddress(socket.remoteAddress ?? '')
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const reported = trustedProxies === 0 || forwarded === '' ? [] : forwarded.split(',')
  const seen = reported.slice(-trustedProxies)[0]
  return (seen === undefined ? undefined : parseAddress(seen)) ?? direct ?? 'unknown'
}

/** Whose address it is, as far as one can tell: a household or a server has a whole /64 of IPv6. */
export const networkOf = (address: string): string => {
  if (!ipaddr.IPv6.isValid(address)) return address
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv6.parse(address).parts
  return [a, b, c, d].map((part) => part.toString(16)).join(':')
}

/** Some proxies write the port as well. */
const parseAddress = (written: string): string | undefined => {
  const bare = written
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return bare
  return ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare).toString() : undefined
}
