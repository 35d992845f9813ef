import type { IncomingMessage } from 'node:http'

type Addressed = Pick<IncomingMessage, 'url' | 'headers'>

/** A target in absolute form (RFC 9112, 3.2.2), as clients write it to proxies; its host without user or password. */
const ABSOLUTE = /^https?:\/\/([^/?#@\\\s]+)(?=[/?#]|$)/i

/** Whether the target is a path, the `*` of OPTIONS, or a URL of HTTP. */
export const isTarget = ({ url = '' }: Addressed): boolean =>
  url.startsWith('/') || url === '*' || ABSOLUTE.test(url)

/** The hosts that a request names, without their ports: in `Host`, and in a target in absolute form, which goes before it. */
export const hostsOf = ({ url = '', headers }: Addressed): readonly string[] => {
  const [, inTarget] = ABSOLUTE.exec(url) ?? []
  return [headers.host ?? '', ...(inTarget === undefined ? [] : [inTarget])].map((host) =>
    host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'),
  )
}
