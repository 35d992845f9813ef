#!/usr/bin/env bash
# jose 6.2.17, createRemoteJWKSet: when the server of the keys is down for longer than `cacheMaxAge` (ten minutes by default),
# tokens that are signed with a key which is still in memory are refused: `jwks()` shows the key, and every verification
# fails with the error of the fetch (no code of JOSE's own for a refused connection). It hurts every service that takes a failed verification
# for a bad token: ten minutes after an identity provider went down all of its users are signed out (401). A good engineer
# expects stale keys to go on while the refetch fails, or at least an error that says so.
# Output seen:
#   while the server is up: verified
#   server down, younger than cacheMaxAge: verified
#   server down, older than cacheMaxAge: refused (TypeError: fetch failed), 1 key in memory
# Ends with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jose@6.2.17
cat >finding.mjs <<'JS'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = { ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }
const server = createServer((_, response) => {
  response.setHeader('connection', 'close')
  response.end(JSON.stringify({ keys: [jwk] }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const url = new URL(`http://127.0.0.1:${server.address().port}/jwks`)
// Ten seconds instead of ten minutes, so that nobody has to wait.
const keys = createRemoteJWKSet(url, { cacheMaxAge: 10_000 })
const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'a' }).setExpirationTime('1h').sign(privateKey)
const verify = () => jwtVerify(token, keys).then(() => 'verified', (error) => `refused (${error})`)

const up = await verify()
await new Promise((closed) => server.close(closed))
const young = await verify()
await sleep(10_500)
const old = await verify()
const kept = keys.jwks()?.keys.length ?? 0
console.log(`while the server is up: ${up}`)
console.log(`server down, younger than cacheMaxAge: ${young}`)
console.log(`server down, older than cacheMaxAge: ${old}, ${kept} key in memory`)
process.exit(up === 'verified' && young === 'verified' && old.startsWith('refused') && kept === 1 ? 0 : 1)
JS
node finding.mjs
