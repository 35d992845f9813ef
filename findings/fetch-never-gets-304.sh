#!/usr/bin/env bash
# What: a conditional GET by `fetch` never gets a 304 from Express 5.3.0 or Koa 3.3.0 (both decide by `fresh`).
# Why: `fetch` adds `Cache-Control: no-cache` by itself to every request that has an `If-None-Match` (Fetch standard,
#   "HTTP-network-or-cache fetch": a conditional header sets the cache mode to no-store, which adds it), and `fresh` takes
#   that for a forced reload: it calls every response stale. By RFC 9111, 5.2.1.4 the directive speaks to caches, and by
#   RFC 9110, 13.1.2 the origin compares the tags all the same. Whoever tests with curl or node:http sees the 304.
# Whom it hurts: clients that keep an ETag and poll with `fetch`, in Node.js or a browser: each poll gets the whole body.
# What to do: compare `If-None-Match` in the service, without `req.fresh`, `ctx.fresh` or Express's own 304.
# Seen with Node.js 20 and 24. Exits 0 while it is so. Needs npm and node; talks to the registry and 127.0.0.1.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts express@5.3.0 koa@3.3.0 >/dev/null

cat >probe.mjs <<'JS'
import http from 'node:http'
import express from 'express'
import Koa from 'koa'

const viaExpress = express().get('/', (request, response) => {
  response.set('X-Seen', String(request.get('Cache-Control')))
  response.set('ETag', '"1"').send('a body')
})
const viaKoa = new Koa().use((ctx) => {
  ctx.set('X-Seen', String(ctx.request.headers['cache-control']))
  ctx.set('ETag', '"1"')
  ctx.body = 'a body'
  if (ctx.fresh) ctx.status = 304
})

const headers = { 'If-None-Match': '"1"' }
const byHttp = (url) =>
  new Promise((resolve) =>
    http.get(url, { headers }, (response) => {
      response.resume()
      resolve([response.statusCode, response.headers['x-seen']])
    }),
  )
const byFetch = async (url) => {
  const response = await fetch(url, { headers })
  await response.text()
  return [response.status, response.headers.get('x-seen')]
}

let asTold = true
for (const [name, handle] of [['express', viaExpress], ['koa', viaKoa.callback()]]) {
  const server = http.createServer(handle).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${server.address().port}/`
  for (const [client, ask, expected] of [['node:http', byHttp, 304], ['fetch', byFetch, 200]]) {
    const [status, seen] = await ask(url)
    console.log(`${name}: If-None-Match with the current tag by ${client}: ${status} (Cache-Control: ${seen})`)
    if (status !== expected) asTold = false
  }
  server.closeAllConnections()
  server.close()
}
process.exitCode = asTold ? 0 : 1
JS
node probe.mjs
# Output seen:
# express: If-None-Match with the current tag by node:http: 304 (Cache-Control: undefined)
# express: If-None-Match with the current tag by fetch: 200 (Cache-Control: no-cache)
# koa: If-None-Match with the current tag by node:http: 304 (Cache-Control: undefined)
# koa: If-None-Match with the current tag by fetch: 200 (Cache-Control: no-cache)
