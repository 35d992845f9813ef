import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Program } from './program.ts'

/** A proxy's configuration, for the port that it listens on and the two processes behind it. */
export type SetUp = Readonly<{
  name: string
  program: Program
  write: (
    options: Readonly<{ port: number; upstreams: readonly string[]; patience: string }>,
  ) => string
  /** Of a control, the checks that it has to fail, which shows that they can. Without them, all have to hold. */
  breaks?: readonly string[]
}>

const shipped = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../deploy/${path}`, import.meta.url)), 'utf8')

/** Puts something else in the place of what has to be there. */
const replaced = (text: string, replacements: readonly (readonly [RegExp, string])[]): string =>
  replacements.reduce((before, [pattern, by]) => {
    if (!pattern.test(before)) throw new Error(`The file that is shipped has no ${pattern}.`)
    return before.replace(pattern, by)
  }, text)

/** The files that are shipped, with other addresses, without TLS, and for some checks with less patience. */
const shippedSetUps: readonly SetUp[] = [
  {
    name: 'deploy/nginx/holdfast.conf',
    program: 'nginx',
    write: ({ port, upstreams: [one = '', two = ''], patience }) =>
      replaced(shipped('nginx/holdfast.conf'), [
        [/127\.0\.0\.1:3000/g, one],
        [/127\.0\.0\.1:3001/g, two],
        [/listen 443 ssl;/, `listen 127.0.0.1:${port};`],
        [/ssl_certificate .*\n/, '\n'],
        [/ssl_certificate_key .*\n/, '\n'],
        [/proxy_read_timeout 75s;/, `proxy_read_timeout ${patience};`],
      ]),
  },
  {
    name: 'deploy/haproxy/holdfast.cfg',
    program: 'haproxy',
    write: ({ port, upstreams: [one = '', two = ''], patience }) =>
      replaced(shipped('haproxy/holdfast.cfg'), [
        [/127\.0\.0\.1:3000/g, one],
        [/127\.0\.0\.1:3001/g, two],
        [/bind :443 ssl crt \S+/, `bind 127.0.0.1:${port}`],
        [/timeout server 75s/, `timeout server ${patience}`],
      ]),
  },
]

/** What one finds in the wild. */
const controls: readonly SetUp[] = [
  {
    name: 'control: nginx as it is, with gzip',
    program: 'nginx',
    write: ({ port, upstreams, patience }) => `
      upstream holdfast { ${upstreams.map((address) => `server ${address};`).join(' ')} }
      server {
        listen 127.0.0.1:${port};
        gzip on;
        gzip_types application/json;
        location / {
          proxy_pass http://holdfast;
          proxy_set_header Host $http_host;
          proxy_read_timeout ${patience};
        }
      }`,
    breaks: [
      'PUT is not sent again after a reset',
      'PUT is not sent again after a timeout',
      'DELETE is not sent again after a reset',
      'DELETE is not sent again after a timeout',
      'one timeout closes the shop for nobody',
      'the service sees the host, and last the address that the proxy saw',
      'an order is edited with the tag that came through',
    ],
  },
  {
    name: 'control: HAProxy with compression and every retry',
    program: 'haproxy',
    write: ({ port, upstreams, patience }) => `
defaults
    mode http
    timeout connect 2s
    timeout client 75s
    timeout server ${patience}
    retry-on all-retryable-errors
    option forwardfor
    compression algo gzip
    compression type application/json
frontend shop
    bind 127.0.0.1:${port}
    default_backend holdfast
backend holdfast
${upstreams.map((address, number) => `    server s${number} ${address}`).join('\n')}
`,
    breaks: [
      'POST is not sent again after a reset',
      'POST is not sent again after a timeout',
      'PUT is not sent again after a reset',
      'PUT is not sent again after a timeout',
      'with one process down, the other answers everybody',
      'a POST whose body does not come is not passed on',
      'an order is edited with the tag that came through',
      'a process that dies at a payment takes nobody with it, and no other pays again',
    ],
  },
]

/** Those that have to hold everything, and then those that have to fail what they are known to fail. */
export const SET_UPS: readonly SetUp[] = [...shippedSetUps, ...controls]
