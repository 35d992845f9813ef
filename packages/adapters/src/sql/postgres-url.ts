/**
 * A `postgres://` URL with a host in it, which can be read as a URL everywhere. libpq lets it be left out, where `host`
 * in the query names a socket's folder: `postgres://ann@/shop?host=/run/postgresql`. What stands there instead is of no
 * account, because the query goes before it.
 */
export const withHost = (url: string): string =>
  url.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#@]*@(?=[:/?#]|$)|(?=:\d)))/i, '$1localhost')
